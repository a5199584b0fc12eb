"""The days of an invented market: where they begin, and on which of them options expire.

Real expiries come from exchange data, never from a rule; a synthetic market has no such data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar
from deltastream.domain.instants import instant_of, moment_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """An expiry date in the exchange's zone, and its instant, microseconds since the epoch."""

    day: date
    instant: int


def expiry_after(instant: int, *, weekday: int, calendar: ExchangeCalendar) -> Expiry:
    """Return the first expiry after an instant, of options that expire once a week.

    Args:
        instant: microseconds since the epoch.
        weekday: 0 is Monday; where the calendar knows that day for a holiday, they expire on the
            last day of trading before it.
        calendar: of the exchange.
    """
    expiries = _weekly_expiries(instant, weekday, calendar)
    return next(expiry for expiry in expiries if expiry.instant > instant)


def midnight_before(instant: int, *, time_zone: str) -> int:
    """Return when the local day of an instant began."""
    zone = ZoneInfo(time_zone)
    today = moment_of(instant).astimezone(zone).date()
    return instant_of(datetime.combine(today, time(), zone))


def midnight_after(instant: int, *, time_zone: str) -> int:
    """Return when the local day after that of an instant begins."""
    zone = ZoneInfo(time_zone)
    tomorrow = moment_of(instant).astimezone(zone).date() + _DAY
    return instant_of(datetime.combine(tomorrow, time(), zone))


def _weekly_expiries(instant: int, weekday: int, calendar: ExchangeCalendar) -> Iterator[Expiry]:
    """Yield the expiries from the week of an instant on."""
    today = moment_of(instant).astimezone(calendar.zone).date()
    first = today + timedelta(days=(weekday - today.weekday()) % 7)
    for weeks in count():
        day = first + timedelta(weeks=weeks)
        while _is_holiday(day, calendar):
            day -= _DAY
        yield Expiry(day=day, instant=instant_of(calendar.expiry_instant(day)))


def _is_holiday(day: date, calendar: ExchangeCalendar) -> bool:
    """Say whether nothing expires on a day because the calendar knows it for a holiday.

    A holiday with a session at an unusual hour, as on Diwali, stays one; a day that closes early
    does not become one.
    """
    hours = calendar.hours_on(day)
    if hours is None:
        return False
    opens = calendar.regular_hours(day).open[0].start
    return not hours.open or hours.open[0].start != opens
