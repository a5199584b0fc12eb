"""Times and dates on the wire and as values."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.errors import InvalidValueError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_A_DAY: Final = 86_400
_MICROSECOND: Final = timedelta(microseconds=1)


def to_timestamp(moment: datetime) -> Timestamp:
    """Encode an aware datetime."""
    timestamp = Timestamp()
    set_timestamp(timestamp, moment)
    return timestamp


def set_timestamp(timestamp: Timestamp, moment: datetime) -> None:
    """Make a timestamp that of an aware datetime."""
    since = moment - _EPOCH
    timestamp.seconds = since.days * _SECONDS_A_DAY + since.seconds
    timestamp.nanos = since.microseconds * 1000


def to_datetime(timestamp: Timestamp) -> datetime:
    """Decode to an aware datetime in UTC, truncating to microseconds."""
    # To multiply takes half the time that a timedelta of seconds and microseconds does.
    return _EPOCH + (timestamp.seconds * 1_000_000 + timestamp.nanos // 1000) * _MICROSECOND


def instants_in(timestamps: Sequence[Timestamp]) -> list[int]:
    """Decode to microseconds since 1970-01-01T00:00:00Z, whether or not the calendar has them."""
    return [each.seconds * 1_000_000 + each.nanos // 1000 for each in timestamps]


def to_date(text: str, *, field: str = "expiry") -> date:
    """Decode an ISO date.

    Raises:
        InvalidValueError: it has the right shape and is no day, such as 2026-02-30.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValueError(field, f"{text!r} is not a calendar day") from None
