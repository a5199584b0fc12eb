"""When a recurring event is due."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.synthetic.instants import MICROSECONDS_PER_SECOND

InstantArray = NDArray[np.int64]

_NANOSECONDS_PER_MICROSECOND: Final = 1000
NO_INSTANTS: Final[InstantArray] = np.empty(0, dtype=np.int64)


def seconds_since(previous: int, instants: InstantArray) -> NDArray[np.float64]:
    """Return how many seconds lie before each instant, since the one before or `previous`.

    Args:
        previous: an instant not after the first.
        instants: at least one, ascending.
    """
    earlier = np.concatenate(([previous], instants[:-1]))
    return (instants - earlier) / MICROSECONDS_PER_SECOND


class Schedule:
    """Due instants `start + k * interval`, k = 0, 1, 2, …, each to be taken once.

    Counting is in whole nanoseconds and instants are rounded down to microseconds, so that even a
    rate that divides no second keeps its pace for ever.

    Attributes:
        next_due: the first instant not taken yet, microseconds since the epoch.
    """

    def __init__(self, *, start: int, interval: float) -> None:
        """Begin a schedule.

        Args:
            start: the first due instant, microseconds since the epoch.
            interval: seconds from one to the next, at least a microsecond.
        """
        self._start = start
        self._interval = round(interval * 1e9)
        self._taken = 0
        self.next_due = start

    def take(self, until: int) -> InstantArray:
        """Take the instants not taken yet that are not after `until`, ascending."""
        if self.next_due > until:
            return NO_INSTANTS
        first = self._taken
        self._go_to(self._count(until))
        counts = np.arange(first, self._taken, dtype=np.int64)
        return self._start + counts * self._interval // _NANOSECONDS_PER_MICROSECOND

    def pass_over(self, before: int, *, until: int) -> int:
        """Give up instants before `before`, but not the last one that is not after `until`.

        Returns:
            How many were given up.
        """
        newest = self._due(self._count(until) - 1)
        return self.skip(min(before, newest))

    def skip(self, before: int) -> int:
        """Give up the instants before `before`, and return how many they were."""
        given_up = max(self._count(before - 1) - self._taken, 0)
        self._go_to(self._taken + given_up)
        return given_up

    def _go_to(self, taken: int) -> None:
        self._taken = taken
        # Asked far more often than it changes.
        self.next_due = self._due(taken)

    def _due(self, number: int) -> int:
        return self._start + number * self._interval // _NANOSECONDS_PER_MICROSECOND

    def _count(self, until: int) -> int:
        """Count the instants, taken or not, that are not after `until`."""
        microseconds = until - self._start + 1
        return max(-(-microseconds * _NANOSECONDS_PER_MICROSECOND // self._interval), 0)
