"""Timestamps and durations as canonical JSON: RFC 3339 in UTC, and seconds with an "s"."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - protobuf's times are UTC by definition
_LONGEST_SECONDS: Final = 315_576_000_000
_NANOS: Final = 1_000_000_000


def timestamp_text(message: Timestamp) -> str:
    """Return "2026-01-27T09:30:00.125Z", with 0, 3, 6 or 9 digits of fraction.

    Raises:
        ValueError: it is outside the years 1 to 9999, or its nanoseconds are no fraction.
    """
    nanos = message.nanos
    if not 0 <= nanos < _NANOS:
        raise ValueError(f"timestamp with {nanos} nanoseconds")
    return f"{_whole_seconds(message.seconds)}{_fraction(nanos)}Z"


def duration_text(message: Duration) -> str:
    """Return "5s" or "-0.250s", with 0, 3, 6 or 9 digits of fraction.

    Raises:
        ValueError: it is longer than 10,000 years, or its two parts differ in sign.
    """
    seconds, nanos = message.seconds, message.nanos
    if abs(seconds) > _LONGEST_SECONDS or abs(nanos) >= _NANOS or seconds * nanos < 0:
        raise ValueError(f"duration of {seconds} seconds and {nanos} nanoseconds")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos))}s"


@lru_cache(maxsize=4096)
def _whole_seconds(seconds: int) -> str:
    # Cached, because the events of one moment share their second.
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        raise ValueError(f"timestamp of {seconds} seconds") from None


def _fraction(nanos: int) -> str:
    if not nanos:
        return ""
    if nanos % 1_000_000 == 0:
        return f".{nanos // 1_000_000:03d}"
    if nanos % 1000 == 0:
        return f".{nanos // 1000:06d}"
    return f".{nanos:09d}"
