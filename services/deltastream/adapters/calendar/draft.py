"""What calendar files say of one exchange, until they are put together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Self
from zoneinfo import ZoneInfo

from deltastream.domain.calendar.day_hours import CLOSED, DayHours
from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar
from deltastream.domain.calendar.regular_hours import RegularHours, hours_in_force


class Word(Enum):
    """What a file says of a day instead of its hours."""

    CLOSED = "closed"
    REGULAR = "regular"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDraft:
    """What one file, or several laid over each other, say of an exchange.

    Attributes:
        shared_by: codes of other exchanges with the same calendar.
        regular: ordinary hours by the date since which they hold.
        days: days that differ from the ordinary week.
    """

    zone: ZoneInfo | None = None
    first: date | None = None
    valid_through: date | None = None
    shared_by: tuple[str, ...] = ()
    regular: Mapping[date, DayHours] = field(default_factory=dict)
    days: Mapping[date, DayHours | Word] = field(default_factory=dict)

    def overridden_by(self, later: "CalendarDraft") -> Self:
        """Return what holds when a later file wins wherever both say something."""
        return type(self)(
            zone=later.zone or self.zone,
            first=later.first or self.first,
            valid_through=later.valid_through or self.valid_through,
            shared_by=(*self.shared_by, *later.shared_by),
            regular={**self.regular, **later.regular},
            days={**self.days, **later.days},
        )

    def calendar(self, code: str) -> ExchangeCalendar:
        """Put the calendar together.

        Raises:
            ValueError: something is missing, or contradicts itself.
        """
        if self.zone is None:
            raise ValueError("its time_zone is stated nowhere")
        if self.first is None or self.valid_through is None:
            raise ValueError("its first or valid_through date is stated nowhere")
        if not self.regular:
            raise ValueError("its regular hours are stated nowhere")
        regular = tuple(
            RegularHours(since=since, hours=hours) for since, hours in sorted(self.regular.items())
        )
        return ExchangeCalendar(
            code=code,
            zone=self.zone,
            first=self.first,
            valid_through=self.valid_through,
            regular=regular,
            special={
                day: _hours(said, ordinary=hours_in_force(regular, day))
                for day, said in self.days.items()
            },
        )


def _hours(said: DayHours | Word, *, ordinary: DayHours) -> DayHours | None:
    match said:
        case Word.CLOSED:
            return CLOSED
        case Word.REGULAR:
            return ordinary
        case Word.UNKNOWN:
            return None
        case DayHours():
            return said
