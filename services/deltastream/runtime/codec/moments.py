"""Times and dates on the wire and as values."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.errors import InvalidValueError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_timestamp(moment: datetime) -> Timestamp:
    """Encode an aware datetime."""
    micros = (moment - _EPOCH) // _MICROSECOND
    return Timestamp(seconds=micros // 1_000_000, nanos=micros % 1_000_000 * 1000)


def to_datetime(timestamp: Timestamp) -> datetime:
    """Decode to an aware datetime in UTC, truncating to microseconds."""
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)


def to_date(text: str, *, field: str = "expiry") -> date:
    """Decode an ISO date.

    Raises:
        InvalidValueError: it has the right shape and is no day, such as 2026-02-30.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValueError(field, f"{text!r} is not a calendar day") from None
