"""How long calendars will still hold."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar

_WARNING: Final = timedelta(days=60)


def coverage_notice(calendar: ExchangeCalendar, now: datetime) -> str | None:
    """Say, for people, that a calendar ends within 60 days or has ended; None when it has not."""
    today = now.astimezone(calendar.zone).date()
    left = calendar.valid_through - today
    if left > _WARNING:
        return None
    if left < timedelta():
        return (
            f"the calendar of {calendar.code} ended on {calendar.valid_through}: whether its"
            " market is open is not known; update DeltaStream, or extend the calendar by overrides"
        )
    when = {0: "today", 1: "tomorrow"}.get(left.days, f"in {left.days} days")
    return (
        f"the calendar of {calendar.code} ends on {calendar.valid_through}, {when};"
        " after it, whether its market is open will not be known"
    )


def coverage_notices(
    calendars: Mapping[str, ExchangeCalendar], exchanges: Iterable[str], now: datetime
) -> list[str]:
    """Return the notices about the calendars of some exchanges, each once, by code."""
    concerned = {calendars[code].code: calendars[code] for code in exchanges if code in calendars}
    notices = (coverage_notice(concerned[code], now) for code in sorted(concerned))
    return [notice for notice in notices if notice is not None]
