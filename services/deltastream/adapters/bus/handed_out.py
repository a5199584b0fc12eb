"""What a group's consumers have surely been given, so that a lost reply is noticed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class Reader(NamedTuple):
    """A consumer of a group, on one subject."""

    group: str
    consumer: str
    subject: str


@dataclass(slots=True)
class HandedOut:
    """Remembers how far each reader got, and where it may have been given more than it saw.

    A server notes an entry as given before its reply is under way. When that reply is lost, to a
    fault or to a cancellation, the entry is pending and nobody knows of it; asking for the next
    entries would leave it behind, out of order. So the reader is in doubt, from the last entry
    it surely has, until it has looked at what is pending after that.
    """

    _reached: dict[Reader, int] = field(default_factory=dict)
    _doubts: dict[Reader, int] = field(default_factory=dict)

    def doubts(self, readers: Iterable[Reader]) -> list[tuple[Reader, int]]:
        """Return the readers in doubt, each with the sequence after which to look."""
        return [(reader, self._doubts[reader]) for reader in readers if reader in self._doubts]

    @contextmanager
    def in_doubt_on_failure(
        self, readers: Iterable[Reader], *, after: int | None = None
    ) -> Iterator[None]:
        """Put the readers in doubt if the block does not end well.

        Args:
            readers: whose reply it is that the block waits for.
            after: the sequence after which to look; None is the last that each surely has.
        """
        try:
            yield
        except BaseException:
            for reader in readers:
                start = self._reached.get(reader, 0) if after is None else after
                self._doubts[reader] = min(start, self._doubts.get(reader, start))
            raise

    def reached(self, reader: Reader, sequence: int) -> None:
        """Note that the reader has the entry of this sequence."""
        self._reached[reader] = max(sequence, self._reached.get(reader, 0))

    def looked(self, reader: Reader, *, up_to: int | None) -> None:
        """Note that the reader saw what was pending up to a sequence; None is all of it."""
        if up_to is None:
            self._doubts.pop(reader, None)
        elif reader in self._doubts:
            self._doubts[reader] = max(up_to, self._doubts[reader])
