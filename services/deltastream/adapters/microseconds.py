"""Moments as databases keep them: whole microseconds since 1970-01-01T00:00:00Z."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SECONDS_A_DAY: Final = 86_400
_MICROSECONDS_A_SECOND: Final = 1_000_000


def microseconds_of(moment: datetime) -> int:
    """Return an aware moment as microseconds since the epoch, exactly.

    Raises:
        TypeError: the moment has no time zone.
    """
    since = moment - _EPOCH
    return (since.days * _SECONDS_A_DAY + since.seconds) * _MICROSECONDS_A_SECOND + (
        since.microseconds
    )


def moment_of(microseconds: int) -> datetime:
    """Return the moment in UTC."""
    # To multiply takes half the time that a new timedelta does.
    return _EPOCH + microseconds * _MICROSECOND


def optional_microseconds_of(moment: datetime | None) -> int | None:
    """Return an aware moment as microseconds since the epoch; None stays None."""
    return None if moment is None else microseconds_of(moment)


def optional_moment_of(microseconds: int | None) -> datetime | None:
    """Return the moment in UTC; None stays None."""
    return None if microseconds is None else moment_of(microseconds)
