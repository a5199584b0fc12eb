"""Times and durations from the texts that paths, query strings and JSON carry."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

_RFC_3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_SPACE_BEFORE_ZONE: Final = re.compile(r" [0-9]{2}:[0-9]{2}$")
_SECONDS: Final = re.compile(r"([+-]?)((?:0|[1-9][0-9]{0,11})(?:\.[0-9]{0,9})?|\.[0-9]{1,9})s")
_PART: Final = re.compile(
    r"([0-9]{1,12}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
)
_TOO_LONG: Final = "must be a duration of at most 10,000 years"
_LONGEST_NANOS: Final = 315_576_000_000 * 1_000_000_000
_UNIT_NANOS: Final = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}


def read_timestamp(message: Timestamp, text: str) -> None:
    """Fill in a time in RFC 3339.

    Raises:
        ValueError: the end of a sentence that begins with the field's name.
    """
    if _RFC_3339.fullmatch(text) is None:
        raise ValueError(f"must be a time in RFC 3339, like 2026-01-27T09:30:00Z{_hint(text)}")
    try:
        message.FromJsonString(text)
    except ValueError:
        raise ValueError("must be a time that exists, in the years 1 to 9999") from None


def read_seconds(message: Duration, text: str) -> None:
    """Fill in a duration in seconds, like "5s" or "0.25s".

    Raises:
        ValueError: the end of a sentence that begins with the field's name.
    """
    match = _SECONDS.fullmatch(text)
    if match is None:
        raise ValueError("must be a duration in seconds, like 5s or 0.25s")
    _fill(message, sign=match[1], parts=[(match[2], "s")])


def read_duration(message: Duration, text: str) -> None:
    """Fill in a duration in seconds or in several units, like "5s", "250ms" or "1m30s".

    Raises:
        ValueError: the end of a sentence that begins with the field's name.
    """
    sign, length = (text[0], text[1:]) if text[:1] in {"+", "-"} else ("", text)
    parts = _PART.findall(length)
    # Only nothing needs no unit.
    if length != "0" and (not parts or "".join(map("".join, parts)) != length):
        raise ValueError("must be a duration, like 5s, 250ms or 1m30s")
    _fill(message, sign=sign, parts=parts)


def _fill(message: Duration, *, sign: str, parts: Iterable[tuple[str, str]]) -> None:
    nanos = sum(Decimal(number) * _UNIT_NANOS[unit] for number, unit in parts)
    if nanos > _LONGEST_NANOS:
        raise ValueError(_TOO_LONG)
    if nanos != int(nanos):
        raise ValueError("must be a duration of whole nanoseconds")
    message.FromNanoseconds(-int(nanos) if sign == "-" else int(nanos))


def _hint(text: str) -> str:
    return "; write the + of a zone as %2B in a URL" if _SPACE_BEFORE_ZONE.search(text) else ""
