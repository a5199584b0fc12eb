"""What is asked for, off the wire: which expiry, and which part of a series."""

from datetime import date, timedelta
from typing import Final

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.ports.history import Span
from deltastream.runtime.codec.moments import to_date, to_datetime

_DEFAULT_POINTS: Final = 100

SeriesRequest = pb.GetPutCallRatioRequest | pb.GetMaxPainRequest | pb.GetStraddleRequest
"""The requests that can ask for the series beside the newest value."""


def decode_expiry(text: str) -> date | None:
    """Decode an expiry; None when none is named.

    Raises:
        InvalidValueError: it is not a calendar day.
    """
    return to_date(text) if text else None


def decode_span(request: SeriesRequest | pb.GetOhlcRequest) -> Span:
    """Decode which part of a series is wanted."""
    return Span(
        limit=request.limit or _DEFAULT_POINTS,
        start=to_datetime(request.start) if request.HasField("start") else None,
        end=to_datetime(request.end) if request.HasField("end") else None,
    )


def decode_interval(request: SeriesRequest) -> timedelta | None:
    """Decode how a series is thinned; None keeps every point."""
    return request.interval.ToTimedelta() if request.HasField("interval") else None
