"""Candles of a product."""

from collections.abc import Sequence
from datetime import timedelta

from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.calendar.interval import Interval
from deltastream.domain.candles.filling import fill
from deltastream.domain.events import Candle
from deltastream.ports.history import MarketHistory, Span


async def candles_of(
    history: MarketHistory, product: str, *, minutes: int, span: Span, fill_by: Calendars | None
) -> Sequence[Candle]:
    """Return the newest candles of a span, oldest first.

    Args:
        history: where they are.
        product: the symbol.
        minutes: their length.
        span: which of them.
        fill_by: add a flat candle, between others, for each window of the exchange's sessions in
            which nothing traded; None adds none, nor does a calendar that is not known.

    Raises:
        ProductNotFoundError: the product is not known.
    """
    candles = await history.candles(product, minutes, span)
    if fill_by is None or not candles:
        return candles
    calendar = fill_by.get((await history.product(product)).exchange)
    if calendar is None:
        return candles
    sessions = calendar.sessions_between(candles[0].start, candles[-1].start)
    return fill(candles, sessions=_newest(sessions, minutes, windows=span.limit))[-span.limit :]


def _newest(sessions: Sequence[Interval], minutes: int, *, windows: int) -> Sequence[Interval]:
    """Return the newest sessions that have so many windows: what is older would be cut off."""
    length, first, found = timedelta(minutes=minutes), len(sessions), 0
    while first and found < windows:
        first -= 1
        found += (sessions[first].end - sessions[first].start) // length
    return sessions[first:]
