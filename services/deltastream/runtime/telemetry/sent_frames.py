"""What is measured of one subscriber's stream, frame by frame."""

from deltastream.domain.subjects import SubjectKind
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.hops import Ages, Hop
from deltastream.runtime.telemetry.instruments import PROCESS, Instruments
from deltastream.runtime.telemetry.kinds import KIND_OF


class SentFrames:
    """Counts the frames of a stream and the events in them; bound once, when the stream opens.

    Args:
        method: that was called.
        subjects: where the events come from.
        instruments: of the process.
    """

    def __init__(
        self, method: str, subjects: SubjectKind, *, instruments: Instruments = PROCESS
    ) -> None:
        self._frames = instruments.counter(names.STREAM_FRAMES_SENT, rpc_method=method)
        self._events = instruments.counter(names.STREAM_EVENTS_SENT, rpc_method=method)
        self._conflated = instruments.counter(names.STREAM_EVENTS_CONFLATED, rpc_method=method)
        self._ages = Ages(Hop.SENT, instruments=instruments)
        self._kind = KIND_OF[subjects]

    def note(self, *, events: int, folded: int, oldest: int | None) -> None:
        """Take note of a frame.

        Args:
            events: in it.
            folded: how many it says were left out.
            oldest: the sequence of its first bus entry; None when it is no news, as what a
                subscriber missed while it was away is none.
        """
        self._frames.inc()
        if events:
            self._events.inc(events)
        if folded:
            self._conflated.inc(folded)
        if oldest is not None:
            self._ages.note_one(self._kind, oldest)
