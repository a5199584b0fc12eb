"""Writes frames: numbers them, and gives each its resume token."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final

from google.protobuf.message import Message

from deltastream.runtime.codec.wire import varint
from deltastream.runtime.streams import wire
from deltastream.runtime.streams.event import Piece, Update
from deltastream.runtime.streams.token import Bookmark
from deltastream.stream.v1 import stream_pb2

FRAME_BYTES: Final = 131072
"""The length from which on a frame takes no further bus entry; one entry is never split.

Some sixteen chains: a frame's own cost exceeds that of its bytes, and whoever is late is so
because there are too many frames already.
"""
_MOST_TRACES: Final = 32
# Few are new at a time, and the others hold memory.
_BODIES_SHARED: Final = 16


class FrameWriter:
    """The frames of one stream, encoded as the response messages of its RPC.

    Events are encoded already. A frame is joined from their bytes: there is no message to build
    and to walk through for every subscriber.

    Attributes:
        events: how many there are in the last frame.
        folded: how many it says were left out.
        oldest: the sequence of its first bus entry; None when it has none, or is of a snapshot.
    """

    def __init__(self, response: Callable[..., Message], *, epoch: str) -> None:
        """Write a stream's frames from its first.

        Args:
            response: the RPC's response type; its frame fields have the same names in every RPC.
            epoch: the event log that the tokens belong to.
        """
        self._response = response
        self._bookmark = Bookmark(epoch)
        self._written = 0
        self._traceparents: Sequence[str] = ()
        self.events = 0
        self.folded = 0
        self.oldest: int | None = None

    @property
    def traceparents(self) -> Sequence[str]:
        """Those of the events in the last frame: where their traces began."""
        return self._traceparents

    @property
    def sequences(self) -> Mapping[str, int]:
        """Per product, the sequence of the last event delivered."""
        return self._bookmark.sequences

    def start_anew(self, epoch: str) -> None:
        """Forget all positions; tokens belong to another event log from now on."""
        self._bookmark = Bookmark(epoch)

    def resume(self, sequences: Mapping[str, int]) -> None:
        """Go on where an earlier stream ended."""
        for product, sequence in sequences.items():
            self._bookmark.move(product, sequence)

    def control(self, **frame: Message) -> bytes:
        """Write a control frame, given by its field name."""
        self._written += 1
        self._traceparents = ()
        lagged = frame.get("lagged")
        self._describe(folded=lagged.folded if isinstance(lagged, stream_pb2.Lagged) else 0)
        token = self._bookmark.token().decode()
        message = self._response(sequence=self._written, resume_token=token, **frame)
        return message.SerializeToString()

    def snapshot(self, updates: Sequence[Update], positions: Mapping[str, int]) -> Iterator[bytes]:
        """Write the state of products: one frame each, so that a token never splits one.

        Args:
            updates: the state, one product after the other.
            positions: the products, and where the state was taken.
        """
        states = {
            product: [update.encoded for update in group]
            for product, group in groupby(updates, key=lambda update: update.product)
        }
        for product, position in positions.items():
            self._bookmark.move(product, position)
            if state := states.get(product):
                self._describe(events=len(state))
                yield self._batch((*state, wire.SNAPSHOT))

    def live(self, news: Iterable[Update | Piece]) -> Iterator[bytes]:
        """Write news in order, in frames of a bounded length.

        Updates of one bus entry share a sequence, and so never stand in two frames. What the
        subscriber has already, by its position, is not written again.
        """
        frame: list[bytes] = []
        traces: dict[str, None] = {}
        length, events = 0, 0
        oldest: int | None = None
        entry: tuple[str, int] | None = None
        bookmark = self._bookmark
        delivered = bookmark.sequences
        for each in news:
            if (each.product, each.sequence) != entry:
                if each.sequence <= delivered.get(each.product, 0):
                    continue
                if length >= FRAME_BYTES:
                    self._describe(events=events, oldest=oldest)
                    yield self._batch(frame, traces)
                    frame, traces, length, events = [], {}, 0, 0
                entry = (each.product, each.sequence)
                bookmark.move(*entry)
            # A piece of nothing only moves the position.
            if each.encoded:
                oldest = oldest if frame else each.sequence
                events += each.count if isinstance(each, Piece) else 1
                frame.append(each.encoded)
                length += len(each.encoded)
                if each.traceparent is not None and len(traces) < _MOST_TRACES:
                    traces[each.traceparent] = None
        if frame:
            self._describe(events=events, oldest=oldest)
            yield self._batch(frame, traces)

    def _describe(self, *, events: int = 0, folded: int = 0, oldest: int | None = None) -> None:
        """Say of the next frame what is measured."""
        self.events, self.folded, self.oldest = events, folded, oldest

    def _batch(self, parts: Sequence[bytes], traces: Iterable[str] = ()) -> bytes:
        self._written += 1
        self._traceparents = tuple(traces)
        body = _batch_body(self._bookmark.token(), tuple(parts), self._traceparents)
        return b"".join((wire.SEQUENCE, varint(self._written), body))


@lru_cache(maxsize=_BODIES_SHARED)
def _batch_body(token: bytes, parts: tuple[bytes, ...], traceparents: tuple[str, ...]) -> bytes:
    """Join all of a frame but its sequence: subscribers who stand at the same place share it."""
    return b"".join(
        (
            wire.RESUME_TOKEN,
            varint(len(token)),
            token,
            wire.BATCH,
            varint(sum(map(len, parts))),
            *parts,
            *(wire.element(wire.TRACEPARENTS, each.encode()) for each in traceparents),
        )
    )
