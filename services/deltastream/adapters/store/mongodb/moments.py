"""Moments as documents keep them.

A BSON date counts milliseconds. It stands under the field's own name, for everyone who queries;
the exact moment stands beside it in microseconds, `timestamp_us` beside `timestamp`, and orders.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson.datetime_ms import DatetimeMS
from bson.int64 import Int64

from deltastream.adapters.microseconds import microseconds_of, moment_of

_MICROSECONDS = 1000


def exactly(field: str) -> str:
    """Return the name of the field that holds the exact moment of another."""
    return f"{field}_us"


def date_of(microseconds: int) -> DatetimeMS:
    """Return the date that holds a moment."""
    return DatetimeMS(microseconds // _MICROSECONDS)


def moment_fields(field: str, moment: datetime | None) -> dict[str, Any]:
    """Return both fields of a moment; none when it is absent."""
    if moment is None:
        return {}
    microseconds = microseconds_of(moment)
    return {field: date_of(microseconds), exactly(field): Int64(microseconds)}


def stored_moment(document: Mapping[str, Any], field: str) -> datetime:
    """Read a moment."""
    return moment_of(document[exactly(field)])


def optional_stored_moment(document: Mapping[str, Any], field: str) -> datetime | None:
    """Read a moment that may be absent."""
    microseconds = document.get(exactly(field))
    return None if microseconds is None else moment_of(microseconds)
