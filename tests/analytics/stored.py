"""Chains and candles to store."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from deltastream.domain.events import LEG_COLUMNS, Candle, EnrichedChain, Legs, OptionChain
from deltastream.domain.figures import ChainMetrics, LegFigures

NO_LEGS = Legs.from_table(np.empty((0, len(LEG_COLUMNS))))


def measured(
    timestamp: datetime, expiry: date, *, spot: float | None = None, **metrics: Any
) -> EnrichedChain:
    """Return a chain without legs of which some figures are known."""
    totals = dict.fromkeys(
        ("total_call_oi", "total_put_oi", "total_call_volume", "total_put_volume"), 0.0
    )
    chain = OptionChain(
        product="NIFTY",
        expiry=expiry,
        spot_price=spot,
        timestamp=timestamp,
        sequence=1,
        calls=NO_LEGS,
        puts=NO_LEGS,
    )
    return EnrichedChain(
        chain=chain,
        call_figures=LegFigures.none(0),
        put_figures=LegFigures.none(0),
        metrics=ChainMetrics(**(totals | metrics)),
        processed_at=timestamp,
    )


def candle(
    start: datetime, prices: tuple[float, float, float, float], *, minutes: int = 30
) -> Candle:
    """Return a final candle of open, high, low and close."""
    begin, high, low, end = prices
    return Candle(
        product="NIFTY",
        window_minutes=minutes,
        start=start,
        open=begin,
        high=high,
        low=low,
        close=end,
        tick_count=10,
        final=True,
    )


def session_candles(opens_at: datetime, prices: list[float]) -> list[Candle]:
    """Return candles of half an hour, each going straight from one price to the next."""
    return [
        candle(
            opens_at + timedelta(minutes=30 * number),
            (begin, max(begin, end), min(begin, end), end),
        )
        for number, (begin, end) in enumerate(pairwise(prices))
    ]
