"""Realised volatility, estimated from daily bars."""

from collections.abc import Callable
from enum import IntEnum
from math import log
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from deltastream.domain.arrays import FloatArray
from deltastream.domain.volatility_history.daily_bars import DailyBars

SESSIONS_PER_YEAR: Final = 252
"""What a daily variance is multiplied by to make it annual: the usual number of sessions."""

LEAST_SESSIONS: Final = 2
"""A variance about a mean needs two values."""

# The second moment of u (u - c) + d (d - c) over the variance squared is 1.331 without drift and at
# most 1.5; this is what Yang and Zhang recommend.
_YANG_ZHANG_ALPHA: Final = 1.34


class VolatilityEstimator(IntEnum):
    """How realised volatility is estimated. Numbers are those of the contract."""

    CLOSE_TO_CLOSE = 1
    PARKINSON = 2
    YANG_ZHANG = 3


def realised_volatility(
    *, bars: DailyBars, sessions: int, estimator: VolatilityEstimator
) -> FloatArray:
    """Estimate the volatility of every run of consecutive sessions.

    Args:
        bars: the history, oldest first.
        sessions: length of a run, at least 2.
        estimator: how. Those that know what happens overnight need the close before a run, so
            they have one run fewer.

    Returns:
        Annual volatilities, fractions, oldest run first; empty where the history is too short.
    """
    if sessions < LEAST_SESSIONS:
        raise ValueError(f"a run has at least {LEAST_SESSIONS} sessions, not {sessions}")
    available = len(bars) if estimator is VolatilityEstimator.PARKINSON else len(bars) - 1
    if available < sessions:
        return np.empty(0)
    # Rounding may leave a hair below 0 where prices did not move at all.
    variances = np.maximum(_VARIANCES[estimator](bars, sessions), 0.0)
    volatilities: FloatArray = np.sqrt(SESSIONS_PER_YEAR * variances)
    return volatilities


def _close_to_close(bars: DailyBars, sessions: int) -> FloatArray:
    """Return the sample variance of the logarithms of close over close."""
    return _variances(np.diff(np.log(bars.close)), sessions)


def _parkinson(bars: DailyBars, sessions: int) -> FloatArray:
    """Return the mean of ln(high / low)^2 over 4 ln 2.

    M. Parkinson, "The extreme value method for estimating the variance of the rate of return",
    Journal of Business 53 (1980).
    """
    return _means(np.log(bars.high / bars.low) ** 2, sessions) / (4.0 * log(2.0))


def _yang_zhang(bars: DailyBars, sessions: int) -> FloatArray:
    """Add the variance overnight to a mixture of the two estimates of the day's.

    With o = ln(open / previous close), c = ln(close / open), u = ln(high / open) and
    d = ln(low / open): var(o) + k var(c) + (1 - k) mean(u (u - c) + d (d - c)). The last term is
    that of Rogers, Satchell and Yoon. It does not depend on drift.

    D. Yang and Q. Zhang, "Drift independent volatility estimation based on high, low, open, and
    close prices", Journal of Business 73 (2000).
    """
    opened = bars.open[1:]
    overnight = np.log(opened / bars.close[:-1])
    close = np.log(bars.close[1:] / opened)
    high, low = np.log(bars.high[1:] / opened), np.log(bars.low[1:] / opened)
    ranges = high * (high - close) + low * (low - close)
    weight = (_YANG_ZHANG_ALPHA - 1.0) / (_YANG_ZHANG_ALPHA + (sessions + 1) / (sessions - 1))
    return (
        _variances(overnight, sessions)
        + weight * _variances(close, sessions)
        + (1.0 - weight) * _means(ranges, sessions)
    )


def _means(values: FloatArray, length: int) -> FloatArray:
    """Return the mean of every run of `length` values."""
    means: FloatArray = sliding_window_view(values, length).mean(axis=1)
    return means


def _variances(values: FloatArray, length: int) -> FloatArray:
    """Return the sample variance of every run of `length` values."""
    variances: FloatArray = sliding_window_view(values, length).var(axis=1, ddof=1)
    return variances


_VARIANCES: Final[dict[VolatilityEstimator, Callable[[DailyBars, int], FloatArray]]] = {
    VolatilityEstimator.CLOSE_TO_CLOSE: _close_to_close,
    VolatilityEstimator.PARKINSON: _parkinson,
    VolatilityEstimator.YANG_ZHANG: _yang_zhang,
}
"""Each returns the variance per session of every run."""
