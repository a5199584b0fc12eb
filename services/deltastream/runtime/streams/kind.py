"""How the events of one kind are found on the bus."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.subjects import SubjectKind, product_of
from deltastream.log_library import structlog
from deltastream.ports.bus import Entry
from deltastream.runtime.streams.event import Piece, Reading, Update
from deltastream.runtime.streams.wire import EVENTS, element

_log = structlog.get_logger()
EventT = TypeVar("EventT", bound=Message)
Accepts = Callable[[int], bool]
"""Says whether a subscriber wants the events of a facet."""


def accept_all(facet: int) -> bool:
    """Want every event."""
    del facet
    return True


def _no_facet(event: object) -> int:
    del event
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind(Generic[EventT]):
    """Reads the bus entries of one kind of event.

    Attributes:
        subjects: where they are.
        decode: reads a payload.
        batched: whether a payload is a batch, whose only field, number 1, has the events, as it
            has in the batches of streams; else it is one event.
        key_of: names what an event is a new value of: for a slow subscriber, it takes the place
            of the one before.
        time_of: when it happened.
        state_of: names what a snapshot shows one value of, where keys become ever more; None is
            `key_of`. Of two keys, that of the later event is shown.
        facet_of: what a subscriber can choose by, besides products.
    """

    subjects: SubjectKind
    decode: Callable[[bytes], Sequence[EventT]]
    batched: bool
    key_of: Callable[[EventT], str]
    time_of: Callable[[EventT], Timestamp]
    state_of: Callable[[EventT], str] | None = None
    facet_of: Callable[[EventT], int] = _no_facet

    def read(self, entry: Entry) -> Reading | None:
        """Read an entry; None, and a warning, when it is none of this kind."""
        try:
            events = self.decode(entry.payload)
        except DecodeError as error:
            _log.warning("stream_entry_unreadable", subject=entry.subject, error=str(error))
            return None
        encoded = entry.payload if self.batched else element(EVENTS, entry.payload)
        keys = [self.key_of(event) for event in events]
        counts = Counter(keys)
        newest = {key: place for place, key in enumerate(keys)}
        return Reading(
            piece=Piece(
                product=product_of(entry.subject),
                sequence=entry.sequence,
                encoded=encoded,
                count=len(events),
                traceparent=entry.traceparent,
            ),
            updates=tuple(
                self._update(
                    entry,
                    events[place],
                    key=keys[place],
                    count=counts[keys[place]],
                    # Of a single event, the entry is the encoding.
                    encoded=encoded if len(events) == 1 else encode(events[place]),
                )
                for place in sorted(newest.values())
            ),
        )

    def _update(
        self, entry: Entry, event: EventT, *, key: str, count: int, encoded: bytes
    ) -> Update:
        return Update(
            product=product_of(entry.subject),
            key=key,
            state=self.state_of(event) if self.state_of else key,
            sequence=entry.sequence,
            at=self.time_of(event).ToNanoseconds(),
            facet=self.facet_of(event),
            count=count,
            encoded=encoded,
            traceparent=entry.traceparent,
        )

    def updates(self, entry: Entry) -> Sequence[Update]:
        """Read the newest event of each key of an entry; none when it cannot be read."""
        reading = self.read(entry)
        return reading.updates if reading else ()

    def select(self, piece: Piece, accepts: Accepts) -> Piece:
        """Return the wanted events of a piece; a kind that is not batched has but one facet."""
        if accepts is accept_all or not self.batched:
            return piece
        events = self.decode(piece.encoded)
        wanted = [encode(event) for event in events if accepts(self.facet_of(event))]
        return replace(piece, encoded=b"".join(wanted), count=len(wanted))


def encode(event: Message) -> bytes:
    """Encode an event as an element of a batch."""
    return element(EVENTS, event.SerializeToString())
