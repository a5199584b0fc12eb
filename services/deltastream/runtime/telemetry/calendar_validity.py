"""How long the calendars of exchanges will hold."""

from datetime import datetime, time, timedelta

from deltastream.domain.calendar.exchange_calendar import Calendars, ExchangeCalendar
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS, Instruments


def show_calendars(calendars: Calendars, *, instruments: Instruments = PROCESS) -> None:
    """Measure when each calendar ends."""
    for exchange, calendar in calendars.items():
        gauge = instruments.gauge(names.CALENDAR_VALID_UNTIL, exchange=exchange)
        gauge.set(_end_of(calendar).timestamp())


def _end_of(calendar: ExchangeCalendar) -> datetime:
    """Return the first instant that the calendar does not know."""
    return datetime.combine(calendar.valid_through + timedelta(days=1), time(), calendar.zone)
