"""The dates and times of the exchanges' files."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

_EARLIEST_YEAR: Final = 1970
_LATEST_YEAR: Final = 2199

_CBOE_TIME = re.compile(
    r"(?P<local>[a-z]+ \d{1,2}, \d{4} at \d{1,2}:\d{2} [ap]m) (?P<zone>[a-z]+)"
    r"(?:(?P<hours>[+-]\d{1,2})(?::?(?P<minutes>\d{2}))?)?",
    re.IGNORECASE,
)

# CBOE's page writes the reader's own zone. Abbreviations are read as what they say, not as the
# offset that the place keeps on that day: EDT is UTC-4 wherever and whenever.
_UTC_OFFSET_HOURS: Final = {
    "UTC": 0,
    "GMT": 0,
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "CST": -6,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
}


def nse_date(raw: object) -> date:
    """Read a date such as `07-Aug-2025`.

    Raises:
        ValueError: it is none.
    """
    return _plausible(datetime.strptime(_text(raw), "%d-%b-%Y").replace(tzinfo=UTC)).date()


def nse_time(raw: object, zone: ZoneInfo) -> datetime:
    """Read a local time such as `05-Aug-2025 13:59:23`, and return it in UTC.

    Raises:
        ValueError: it is none.
    """
    local = datetime.strptime(_text(raw), "%d-%b-%Y %H:%M:%S").replace(tzinfo=zone)
    return _plausible(local).astimezone(UTC)


def cboe_date(raw: object) -> date:
    """Read a date such as `Wed Oct 01 2025`.

    Raises:
        ValueError: it is none.
    """
    return _plausible(datetime.strptime(_text(raw), "%a %b %d %Y").replace(tzinfo=UTC)).date()


def cboe_time(raw: object) -> datetime:
    """Read a time such as `September 25, 2025 at 9:05 PM EDT` or `… GMT+2`; return it in UTC.

    Raises:
        ValueError: it is none, or its zone is not known.
    """
    match = _CBOE_TIME.fullmatch(_text(raw))
    if match is None or match["zone"].upper() not in _UTC_OFFSET_HOURS:
        raise ValueError(f"{raw!r} is no time such as 'September 25, 2025 at 9:05 PM EDT'")
    hours = _UTC_OFFSET_HOURS[match["zone"].upper()] + int(match["hours"] or 0)
    sign = -1 if hours < 0 else 1
    offset = timezone(timedelta(hours=hours, minutes=sign * int(match["minutes"] or 0)))
    local = datetime.strptime(match["local"], "%B %d, %Y at %I:%M %p").replace(tzinfo=offset)
    return _plausible(local).astimezone(UTC)


def _text(raw: object) -> str:
    """Return a text with its white space made plain: browsers write `9:05\u202fPM`."""
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is no text")  # noqa: TRY004 - callers treat all bad values alike
    return " ".join(raw.split())


def _plausible(moment: datetime) -> datetime:
    """Refuse years in which no option was listed; near year 1 and 9999 arithmetic would fail."""
    if not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
        raise ValueError(f"no option is dated {moment.year}")
    return moment
