"""Daily bars, made from candles of some minutes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import groupby
from typing import Self

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import Candle


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DailyBars:
    """The prices of some sessions, oldest first: arrays of shape (sessions,), all above 0."""

    dates: tuple[date, ...]
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray

    def __len__(self) -> int:
        return len(self.dates)

    def newest(self, count: int) -> Self:
        """Return the last `count` sessions, all of them where there are fewer."""
        first = max(len(self) - count, 0)
        return type(self)(
            dates=self.dates[first:],
            open=self.open[first:],
            high=self.high[first:],
            low=self.low[first:],
            close=self.close[first:],
        )


def daily_bars(candles: Iterable[Candle], *, zone: tzinfo) -> DailyBars:
    """Merge candles into one bar a day of the exchange's calendar.

    Candles that were imputed are passed over: nothing traded in them, and a day of nothing else
    was no session.

    Args:
        candles: of one product and one length, oldest first.
        zone: of the exchange; a candle belongs to the local day in which it starts.
    """
    traded = (candle for candle in candles if not candle.imputed)
    days = [
        (day, _merge(list(group)))
        for day, group in groupby(traded, key=lambda each: each.start.astimezone(zone).date())
    ]
    prices = np.array([prices for _, prices in days]).reshape(len(days), 4)
    opens, highs, lows, closes = prices.T
    return DailyBars(
        dates=tuple(day for day, _ in days), open=opens, high=highs, low=lows, close=closes
    )


def _merge(candles: Sequence[Candle]) -> tuple[float, float, float, float]:
    """Return open, high, low and close of some consecutive candles."""
    return (
        candles[0].open,
        max(candle.high for candle in candles),
        min(candle.low for candle in candles),
        candles[-1].close,
    )
