"""Reads calendar files: TOML, a table an exchange.

    [XNSE]
    time_zone = "Asia/Kolkata"
    first = 2015-01-01            # the dates that it knows; before and after, nothing is guessed
    valid_through = 2026-12-31
    shared_by = ["…"]             # codes of other exchanges with the same calendar

    [XNSE.regular]                # hours since a date
    2015-01-01 = { pre_open = "09:00-09:15", open = "09:15-15:30" }

    [XNSE.days]                   # days that differ from an ordinary Monday to Friday
    2026-01-26 = "closed"
    2026-02-01 = "regular"        # a weekend with ordinary hours
    2024-03-02 = { open = ["09:15-10:00", "11:30-12:30"] }
    2026-11-08 = "unknown"        # it is special, and its hours are not known

A file may say a part of this only. Times are local; midnight at the end of a day cannot be written.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deltastream.adapters.calendar.draft import CalendarDraft, Word
from deltastream.domain.calendar.day_hours import DayHours, TimeSpan

_CODE: Final = re.compile(r"[A-Z0-9]{4}")
_SPAN: Final = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
_WORDS: Final = {word.value: word for word in Word}

T = TypeVar("T")


class CalendarFileError(ValueError):
    """A file is no calendar; the text names the place in it and what to write there."""


class _UnusableError(ValueError):
    """A value cannot be used; the text says why."""


def read_calendar_file(text: str) -> dict[str, CalendarDraft]:
    """Read a file: what it says, by exchange code.

    Raises:
        CalendarFileError: it cannot be read.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarFileError(f"it is no TOML: {error}") from None
    return {code: _draft(code, table) for code, table in document.items()}


def _draft(code: str, table: object) -> CalendarDraft:
    if not _CODE.fullmatch(code) or not isinstance(table, dict):
        raise CalendarFileError(
            f"{code} is no table of an exchange; begin one with its market identifier code, such"
            " as [XNSE]"
        )
    for key in table:
        if key not in _FIELDS:
            raise CalendarFileError(f"{code}.{key} is not known; known are {', '.join(_FIELDS)}")
    fields = {
        name: _placed(f"{code}.{key}", read, table[key])
        for key, (name, read) in _FIELDS.items()
        if key in table
    }
    return CalendarDraft(**fields)


def _placed(place: str, read: Callable[[Any], T], raw: object) -> T:
    """Read a value; say where it stands if it is wrong."""
    try:
        return read(raw)
    except CalendarFileError as error:
        raise CalendarFileError(f"{place}.{error}") from None
    except ValueError as error:
        raise CalendarFileError(f"{place}: {error}") from None


def _zone(raw: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(raw))
    except (ZoneInfoNotFoundError, ValueError):
        raise _UnusableError(
            f'{raw!r} is no time zone such as "Asia/Kolkata", or the tzdata package is missing'
        ) from None


def _date(raw: object) -> date:
    if not isinstance(raw, date) or isinstance(raw, datetime):
        raise _UnusableError(f"{raw!r} is no date; write it as 2026-12-31, without quotation marks")
    return raw


def _codes(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(
        isinstance(one, str) and _CODE.fullmatch(one) for one in raw
    ):
        raise _UnusableError(f'{raw!r} is no list of exchange codes such as ["XNAS"]')
    return tuple(raw)


def _by_date(read: Callable[[object], T]) -> Callable[[object], dict[date, T]]:
    """Make the reader of a table whose keys are dates."""

    def read_table(raw: object) -> dict[date, T]:
        if not isinstance(raw, dict):
            raise _UnusableError(f"{raw!r} is no table of dates")
        return {_day(key): _placed(key, read, entry) for key, entry in raw.items()}

    return read_table


def _day(key: str) -> date:
    try:
        return date.fromisoformat(key)
    except ValueError:
        raise _UnusableError(f"{key!r} is no date such as 2026-01-26") from None


def _day_or_word(raw: object) -> DayHours | Word:
    if isinstance(raw, str) and raw in _WORDS:
        return _WORDS[raw]
    return _day_hours(raw)


def _day_hours(raw: object) -> DayHours:
    if not isinstance(raw, dict) or not {"open"} <= raw.keys() <= {"open", "pre_open"}:
        raise _UnusableError(
            f'{raw!r} is neither hours such as {{ open = "09:15-15:30" }}, with pre_open where'
            f" there is one, nor one of the words {', '.join(_WORDS)}"
        )
    return DayHours(open=_spans(raw["open"]), pre_open=_spans(raw.get("pre_open", [])))


def _spans(raw: object) -> tuple[TimeSpan, ...]:
    return tuple(_span(one) for one in (raw if isinstance(raw, list) else [raw]))


def _span(raw: object) -> TimeSpan:
    match = _SPAN.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        raise _UnusableError(f'{raw!r} is no span of time such as "09:15-15:30"')
    return TimeSpan(start=time.fromisoformat(match[1]), end=time.fromisoformat(match[2]))


_FIELDS: Final[Mapping[str, tuple[str, Callable[[object], Any]]]] = {
    "time_zone": ("zone", _zone),
    "first": ("first", _date),
    "valid_through": ("valid_through", _date),
    "shared_by": ("shared_by", _codes),
    "regular": ("regular", _by_date(_day_hours)),
    "days": ("days", _by_date(_day_or_word)),
}
"""The keys of an exchange's table, the draft's names for them, and how each is read."""
