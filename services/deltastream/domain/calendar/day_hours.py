"""When an exchange trades on one day, in its own local time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import pairwise
from typing import Final

from deltastream.domain.calendar.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """A part of a day, half open: it begins at `start` and is over at `end`.

    Raises:
        ValueError: it does not end later than it begins.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse what lasts no time."""
        if self.start >= self.end:
            raise ValueError(f"{self} does not end later than it begins")

    def on(self, day: date, zone: tzinfo) -> Interval:
        """Return the instants of this span on a day in a time zone."""
        return Interval(
            start=datetime.combine(day, self.start, zone).astimezone(UTC),
            end=datetime.combine(day, self.end, zone).astimezone(UTC),
        )

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHours:
    """The hours of one day: none at all on a holiday.

    Attributes:
        open: continuous trading, ascending; more than one when there is a break.
        pre_open: the auctions before it, ascending.

    Raises:
        ValueError: spans are out of order or overlap, or there is an auction without trading.
    """

    open: tuple[TimeSpan, ...]
    pre_open: tuple[TimeSpan, ...] = ()

    def __post_init__(self) -> None:
        """Refuse hours in which it could not be said whether the exchange trades."""
        in_order = sorted((*self.open, *self.pre_open), key=lambda span: span.start)
        for earlier, later in pairwise(in_order):
            if later.start < earlier.end:
                raise ValueError(f"{earlier} and {later} overlap")
        if list(self.open) != sorted(self.open, key=lambda span: span.start):
            raise ValueError("the hours are not in the order of time")
        if self.pre_open and not self.open:
            raise ValueError(f"the pre-open {self.pre_open[0]} is followed by no trading")

    @property
    def close(self) -> time:
        """When trading ends; on a day that has trading."""
        return self.open[-1].end


CLOSED: Final = DayHours(open=())
"""A day without trading."""
