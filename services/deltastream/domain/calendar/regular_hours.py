"""The hours of ordinary days, which change now and then."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deltastream.domain.calendar.day_hours import DayHours


@dataclass(frozen=True, slots=True, kw_only=True)
class RegularHours:
    """The hours of an ordinary day, from a date on until others follow."""

    since: date
    hours: DayHours


def hours_in_force(regular: Sequence[RegularHours], day: date) -> DayHours:
    """Return the ordinary hours of a date; the first known hold for earlier dates too.

    Args:
        regular: at least one, ascending by date.
        day: the date.
    """
    position = bisect_right(regular, day, key=lambda one: one.since)
    return regular[max(position - 1, 0)].hours
