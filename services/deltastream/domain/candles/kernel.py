"""From ticks to the partial candle of each window, all at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.candles.partial import Partial
from deltastream.domain.candles.ticks import IntegerArray, Ticks

_FIELDS: Final = (
    "open_at",
    "open",
    "close_at",
    "close",
    "high",
    "low",
    "volume",
    "count",
    "mean",
    "squares",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partials:
    """Partial candles of the windows that hold a tick: arrays of shape (windows,).

    `starts` ascend. The other columns are those of `Partial`; a volume that no tick states is NaN.
    """

    starts: IntegerArray
    open_times: IntegerArray
    open_sequences: IntegerArray
    opens: FloatArray
    close_times: IntegerArray
    close_sequences: IntegerArray
    closes: FloatArray
    highs: FloatArray
    lows: FloatArray
    volumes: FloatArray
    counts: IntegerArray
    means: FloatArray
    squares: FloatArray

    def __len__(self) -> int:
        return len(self.starts)

    def by_start(self) -> Iterator[tuple[int, Partial]]:
        """Yield the start of each window and its partial candle."""
        stated = np.isfinite(self.volumes).tolist()
        columns = (
            zip(self.open_times.tolist(), self.open_sequences.tolist(), strict=True),
            self.opens.tolist(),
            zip(self.close_times.tolist(), self.close_sequences.tolist(), strict=True),
            self.closes.tolist(),
            self.highs.tolist(),
            self.lows.tolist(),
            (v if known else None for v, known in zip(self.volumes.tolist(), stated, strict=True)),
            self.counts.tolist(),
            self.means.tolist(),
            self.squares.tolist(),
        )
        for start, *values in zip(self.starts.tolist(), *columns, strict=True):
            yield start, Partial(**dict(zip(_FIELDS, values, strict=True)))


def partials_of(ticks: Ticks, *, length: int) -> Partials:
    """Sum ticks up by window.

    Args:
        ticks: of one product, in any order; each sequence counts once.
        length: of a window, microseconds, positive. Windows are aligned to 1970-01-01T00:00:00Z.
    """
    ordered = _by_time(ticks.distinct())
    starts = ordered.times - ordered.times % length
    firsts = np.flatnonzero(np.diff(starts, prepend=starts[:1] - 1))
    lasts = np.append(firsts[1:], len(ordered))[: len(firsts)] - 1
    counts = lasts - firsts + 1
    lows = np.minimum.reduceat(ordered.prices, firsts)
    highs = np.maximum.reduceat(ordered.prices, firsts)
    means, squares = _moments(ordered.prices, firsts=firsts, counts=counts, lows=lows, highs=highs)
    return Partials(
        starts=starts[firsts],
        open_times=ordered.times[firsts],
        open_sequences=ordered.sequences[firsts],
        opens=ordered.prices[firsts],
        close_times=ordered.times[lasts],
        close_sequences=ordered.sequences[lasts],
        closes=ordered.prices[lasts],
        highs=highs,
        lows=lows,
        volumes=_totals(ordered.volumes, firsts),
        counts=counts,
        means=means,
        squares=squares,
    )


def _by_time(ticks: Ticks) -> Ticks:
    """Order ticks by (time, sequence), given those by sequence."""
    if np.all(ticks.times[1:] >= ticks.times[:-1]):
        return ticks
    return ticks.take(np.argsort(ticks.times, kind="stable"))


def _moments(
    prices: FloatArray,
    *,
    firsts: IntegerArray,
    counts: IntegerArray,
    lows: FloatArray,
    highs: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return mean and sum of squared deviations of each window, in two passes.

    The first sums up distances from the low, which are exact or nearly so: large prices cost no
    digits, and the mean of a flat window is its price.
    """
    distances = np.add.reduceat(prices - np.repeat(lows, counts), firsts)
    means = np.minimum(lows + distances / counts, highs)
    deviations = prices - np.repeat(means, counts)
    return means, np.add.reduceat(deviations * deviations, firsts)


def _totals(volumes: FloatArray, firsts: IntegerArray) -> FloatArray:
    stated = ~np.isnan(volumes)
    totals = np.add.reduceat(np.where(stated, volumes, 0.0), firsts)
    return np.where(np.logical_or.reduceat(stated, firsts), totals, np.nan)
