"""Calendars of a few weeks, with one of everything."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from deltastream.domain.calendar.day_hours import CLOSED, DayHours, TimeSpan
from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar
from deltastream.domain.calendar.regular_hours import RegularHours

MUMBAI = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")


def span(text: str) -> TimeSpan:
    """Read a span such as 09:15-15:30."""
    start, end = map(time.fromisoformat, text.split("-"))
    return TimeSpan(start=start, end=end)


def hours(*spans: str, pre_open: str | None = None) -> DayHours:
    """Make the hours of a day."""
    auction = () if pre_open is None else (span(pre_open),)
    return DayHours(open=tuple(map(span, spans)), pre_open=auction)


SPECIAL: Mapping[date, DayHours | None] = {
    date(2026, 8, 6): CLOSED,
    date(2026, 8, 8): hours("10:00-11:00", "12:00-13:00", pre_open="09:45-10:00"),
    date(2026, 8, 12): hours("09:15-13:00", pre_open="09:00-09:15"),
    date(2026, 8, 19): None,
}
"""A holiday, a Saturday with two sessions, an early close, a day whose hours are not known."""


def mumbai(
    *,
    first: date = date(2026, 7, 20),
    valid_through: date = date(2026, 8, 31),
    special: Mapping[date, DayHours | None] = SPECIAL,
) -> ExchangeCalendar:
    """A calendar of Mumbai, whose hours change on 3 August 2026, a Monday."""
    return ExchangeCalendar(
        code="XNSE",
        zone=MUMBAI,
        first=first,
        valid_through=valid_through,
        regular=(
            RegularHours(
                since=date(2015, 1, 1), hours=hours("09:15-15:30", pre_open="09:00-09:15")
            ),
            RegularHours(
                since=date(2026, 8, 3), hours=hours("09:15-15:40", pre_open="09:00-09:15")
            ),
        ),
        special=special,
    )


def new_york() -> ExchangeCalendar:
    """A calendar of New York, without holidays, over both changes of the clock of 2026."""
    return ExchangeCalendar(
        code="XNYS",
        zone=NEW_YORK,
        first=date(2026, 1, 1),
        valid_through=date(2026, 12, 31),
        regular=(RegularHours(since=date(2015, 1, 1), hours=hours("09:30-16:00")),),
        special={},
    )


def india(text: str) -> datetime:
    """Read a local time of Mumbai."""
    return datetime.fromisoformat(text).replace(tzinfo=MUMBAI)
