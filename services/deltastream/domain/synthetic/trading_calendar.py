"""An invented calendar: every product has weekly expiries, and no holidays.

Real expiries come from exchange data, never from a rule; a synthetic market has no such data.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deltastream.domain.synthetic.instants import instant_of, moment_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyExpiries:
    """Options that expire on the same day of every week.

    Attributes:
        weekday: 0 is Monday.
        closes_at: the time of day at which they expire, in the exchange's zone.
        time_zone: IANA zone of the exchange.
    """

    weekday: int
    closes_at: time
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """An expiry date in the exchange's zone, and its instant, microseconds since the epoch."""

    day: date
    instant: int


def expiry_after(instant: int, *, weekly: WeeklyExpiries) -> Expiry:
    """Return the first expiry after an instant."""
    zone = ZoneInfo(weekly.time_zone)
    today = moment_of(instant).astimezone(zone).date()
    day = today + timedelta(days=(weekly.weekday - today.weekday()) % 7)
    expiry = _expiry_on(day, weekly=weekly, zone=zone)
    if expiry.instant > instant:
        return expiry
    return _expiry_on(day + timedelta(weeks=1), weekly=weekly, zone=zone)


def midnight_before(instant: int, *, time_zone: str) -> int:
    """Return when the local day of an instant began."""
    zone = ZoneInfo(time_zone)
    today = moment_of(instant).astimezone(zone).date()
    return instant_of(datetime.combine(today, time(), zone))


def midnight_after(instant: int, *, time_zone: str) -> int:
    """Return when the local day after that of an instant begins."""
    zone = ZoneInfo(time_zone)
    tomorrow = moment_of(instant).astimezone(zone).date() + timedelta(days=1)
    return instant_of(datetime.combine(tomorrow, time(), zone))


def _expiry_on(day: date, *, weekly: WeeklyExpiries, zone: ZoneInfo) -> Expiry:
    return Expiry(day=day, instant=instant_of(datetime.combine(day, weekly.closes_at, zone)))
