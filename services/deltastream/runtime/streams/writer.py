"""Writes frames: numbers them and gives each its resume token."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, Generic, TypeVar

from google.protobuf.message import Message

from deltastream.runtime.streams.mailbox import Update
from deltastream.runtime.streams.token import Position, write_token

EventT = TypeVar("EventT")
ResponseT = TypeVar("ResponseT", bound=Message)
_FRAME_EVENTS: Final = 100


@dataclass(slots=True, kw_only=True)
class FrameWriter(Generic[EventT, ResponseT]):
    """The frames of one stream, in the response type of its RPC.

    Attributes:
        response: the RPC's response type; its frame fields have the same names in every RPC.
        batch: makes the RPC's batch message of events; the flag says whether it is a snapshot.
        epoch: the event log that the tokens belong to.
        accepts: says which events the subscriber wants; the others are passed over, and the
            tokens go on behind them.
        sequences: per product, the sequence of the last event delivered.
    """

    response: Callable[..., ResponseT]
    batch: Callable[[Sequence[EventT], bool], Message]
    epoch: str
    accepts: Callable[[EventT], bool] = lambda _: True
    sequences: dict[str, int] = field(default_factory=dict)
    _written: int = 0

    def control(self, **frame: Message) -> ResponseT:
        """Write a control frame, given by its field name."""
        return self._write(**frame)

    def snapshot(
        self, updates: Sequence[Update[EventT]], positions: dict[str, int]
    ) -> Iterator[ResponseT]:
        """Write the state of products: one frame each, so that a token never splits one."""
        events = {
            product: self._wanted(group)
            for product, group in groupby(updates, key=lambda update: update.product)
        }
        for product, position in positions.items():
            self.sequences[product] = position
            if events.get(product):
                yield self._write(batch=self.batch(events[product], True))  # noqa: FBT003 - a protobuf field

    def live(self, updates: Iterable[Update[EventT]]) -> Iterator[ResponseT]:
        """Write updates in order, in frames of a bounded number of events.

        Events of one bus entry share a sequence, and so never stand in two frames. What the
        subscriber has already, by its position, is not written again.
        """
        frame: list[EventT] = []
        for (product, sequence), group in groupby(
            updates, key=lambda update: (update.product, update.sequence)
        ):
            if sequence <= self.sequences.get(product, 0):
                continue
            entry = self._wanted(group)
            if frame and len(frame) + len(entry) > _FRAME_EVENTS:
                yield self._write(batch=self.batch(frame, False))  # noqa: FBT003 - a protobuf field
                frame = []
            frame += entry
            self.sequences[product] = sequence
        if frame:
            yield self._write(batch=self.batch(frame, False))  # noqa: FBT003 - a protobuf field

    def _wanted(self, updates: Iterable[Update[EventT]]) -> list[EventT]:
        return [update.event for update in updates if self.accepts(update.event)]

    def _write(self, **frame: Any) -> ResponseT:
        self._written += 1
        token = write_token(Position(self.epoch, self.sequences))
        return self.response(sequence=self._written, resume_token=token, **frame)
