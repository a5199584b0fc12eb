"""What is remembered of events longer than the bus holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from deltastream.runtime.streams.event import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The first events of a range.

    Attributes:
        pieces: one an event, in order.
        complete: whether nothing of the range has been forgotten for its age.
        exhausted: whether the range has no further events.
    """

    pieces: Sequence[Piece]
    complete: bool
    exhausted: bool


class History(Protocol):
    """Remembers the events of one kind, under the sequences that they had on the bus."""

    async def read(self, product: str, *, after: int, through: int) -> Past:
        """Return a page of the events above `after`, up to `through`.

        Raises:
            DependencyUnavailableError: it does not answer.
        """
        ...
