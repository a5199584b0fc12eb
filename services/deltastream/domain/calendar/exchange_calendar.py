"""When an exchange trades, as far as its calendar knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from deltastream.domain.calendar.day_hours import CLOSED, DayHours
from deltastream.domain.calendar.interval import Interval
from deltastream.domain.calendar.regular_hours import RegularHours, hours_in_force
from deltastream.domain.session import MarketSession

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_LONGEST_CLOSURE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExchangeCalendar:
    """The sessions of one exchange's derivatives, from `first` to `valid_through`.

    Dates are those of the exchange's time zone; instants are aware, and answers are in UTC. Every
    interval is half open: at the very close the market is closed. Outside of the two dates, and
    on days of which it is only known that they are special, nothing is guessed.

    Attributes:
        code: ISO 10383 market identifier code.
        zone: of the exchange.
        first: the first date that it knows.
        valid_through: the last date that it knows.
        regular: the ordinary hours, ascending by date; the first hold for earlier dates too.
        special: what differs on single days; None is a day whose hours are not known.

    Raises:
        ValueError: the dates are in the wrong order, or there are no regular hours.
    """

    code: str
    zone: ZoneInfo
    first: date
    valid_through: date
    regular: tuple[RegularHours, ...]
    special: Mapping[date, DayHours | None]

    def __post_init__(self) -> None:
        """Refuse what no question could be answered from."""
        if self.first > self.valid_through:
            raise ValueError(f"valid_through {self.valid_through} is before first {self.first}")
        if not self.regular:
            raise ValueError("there are no regular hours")
        for earlier, later in pairwise(self.regular):
            if earlier.since >= later.since:
                raise ValueError(f"regular hours since {later.since} come after {earlier.since}")
        if any(not one.hours.open for one in self.regular):
            raise ValueError("regular hours have no trading")

    def covers(self, day: date) -> bool:
        """Say whether the calendar was made for this date."""
        return self.first <= day <= self.valid_through

    def hours_on(self, day: date) -> DayHours | None:
        """Return the hours of a date, CLOSED on a holiday, or None when they are not known."""
        if not self.covers(day):
            return None
        if day in self.special:
            return self.special[day]
        return CLOSED if day.weekday() >= _SATURDAY else self.regular_hours(day)

    def regular_hours(self, day: date) -> DayHours:
        """Return the hours that a date would have if it were an ordinary day."""
        return hours_in_force(self.regular, day)

    def is_session_day(self, day: date) -> bool | None:
        """Say whether there is trading on a date; None when that is not known."""
        hours = self.hours_on(day)
        return None if hours is None else bool(hours.open)

    def session(self, now: datetime) -> MarketSession:
        """Say whether the exchange trades; UNKNOWN when the calendar does not say."""
        day = self._date_of(now)
        hours = self.hours_on(day)
        if hours is None:
            return MarketSession.UNKNOWN
        if any(now in span.on(day, self.zone) for span in hours.open):
            return MarketSession.OPEN
        if any(now in span.on(day, self.zone) for span in hours.pre_open):
            return MarketSession.PRE_OPEN
        return MarketSession.CLOSED

    def next_change(self, now: datetime) -> datetime | None:
        """Return when `session` will be another; None when the calendar does not say."""
        if (session := self.session(now)) is MarketSession.UNKNOWN:
            return None
        return next(
            (at for at in self._boundaries_after(now) if self.session(at) is not session), None
        )

    def sessions_between(self, start: datetime, end: datetime) -> list[Interval]:
        """Return when there is trading from `start` to `end`, cut to them, ascending.

        Days whose hours are not known count as without.
        """
        cut = (
            Interval(start=max(one.start, start), end=min(one.end, end))
            for day in self._days(self._date_of(start), self._date_of(end))
            for one in self._trading_on(day)
        )
        return [one for one in cut if one.start < one.end]

    def last_traded(self, now: datetime) -> datetime:
        """Return `now` while there is trading, else when there last was.

        Looks back over the longest of closures; `now` itself when nothing is known of them.
        """
        recent = self.sessions_between(now - _LONGEST_CLOSURE, now)
        return recent[-1].end if recent else now

    def expiry_instant(self, day: date) -> datetime:
        """Return when the options of this expiry date end: with trading on that day.

        Expiry dates are taken as the exchange states them, and it knows its holidays. So a date
        without known trading, be it a holiday or beyond this calendar, has its regular close.
        """
        hours = self.hours_on(day) or CLOSED
        close = hours.close if hours.open else self.regular_hours(day).close
        return datetime.combine(day, close, self.zone).astimezone(UTC)

    def _boundaries_after(self, now: datetime) -> Iterator[datetime]:
        """Yield the starts and ends of all that is known without a gap, ascending."""
        for day in self._days(self._date_of(now), self.valid_through):
            hours = self.hours_on(day)
            if hours is None:
                return
            spans = [span.on(day, self.zone) for span in (*hours.pre_open, *hours.open)]
            yield from sorted({at for one in spans for at in (one.start, one.end) if at > now})

    def _trading_on(self, day: date) -> Iterator[Interval]:
        hours = self.hours_on(day) or CLOSED
        return (span.on(day, self.zone) for span in hours.open)

    def _days(self, first: date, last: date) -> Iterator[date]:
        """Yield the dates from `first` to `last` that the calendar covers."""
        day, last = max(first, self.first), min(last, self.valid_through)
        while day <= last:
            yield day
            day += _DAY

    def _date_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


Calendars = Mapping[str, ExchangeCalendar]
"""Calendars by the code of the exchange; several codes may share one."""
