"""The volatility cone: how realised volatility was distributed, by horizon."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.volatility_history.daily_bars import DailyBars
from deltastream.domain.volatility_history.estimators import (
    VolatilityEstimator,
    realised_volatility,
)

HORIZONS: Final = (5, 10, 21, 42, 63, 126, 252)
"""Lengths in sessions: a week, two, and 1, 2, 3, 6 and 12 months."""

CONE_SESSIONS: Final = 504
"""The most sessions a cone is made of: two years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolatilityRange:
    """How some volatilities are distributed. All are annual, as fractions.

    Attributes:
        lower_quartile, upper_quartile: interpolated linearly between neighbouring values.
        latest: the newest of them.
    """

    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float
    latest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConeHorizon:
    """Realised volatility over horizons of one length.

    Attributes:
        sessions: the length.
        samples: how many horizons the history holds; they overlap.
        volatility: their distribution; None without samples.
    """

    sessions: int
    samples: int
    volatility: VolatilityRange | None


def volatility_cone(*, bars: DailyBars, estimator: VolatilityEstimator) -> tuple[ConeHorizon, ...]:
    """Lay out the realised volatility of the newest CONE_SESSIONS sessions by horizon.

    G. Burghardt and M. Lane, "How to tell if options are cheap", Journal of Portfolio Management
    16 (1990).

    Args:
        bars: the history, oldest first.
        estimator: how volatility is estimated.

    Returns:
        One entry for each of HORIZONS.
    """
    recent = bars.newest(CONE_SESSIONS)
    return tuple(_horizon(recent, sessions, estimator) for sessions in HORIZONS)


def _horizon(bars: DailyBars, sessions: int, estimator: VolatilityEstimator) -> ConeHorizon:
    samples = realised_volatility(bars=bars, sessions=sessions, estimator=estimator)
    if not len(samples):
        return ConeHorizon(sessions=sessions, samples=0, volatility=None)
    lowest, lower, median, upper, highest = np.quantile(samples, (0.0, 0.25, 0.5, 0.75, 1.0))
    distribution = VolatilityRange(
        lowest=float(lowest),
        lower_quartile=float(lower),
        median=float(median),
        upper_quartile=float(upper),
        highest=float(highest),
        latest=float(samples[-1]),
    )
    return ConeHorizon(sessions=sessions, samples=len(samples), volatility=distribution)
