"""The points that a curve is fitted to."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.weights import fit_weights

_SAME_PLACE: Final = 1e-9
"""Points whose ln(strike / forward) differ by no more are one point."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitPoints:
    """Points of one smile, ascending without repetition: arrays of shape (points,).

    Attributes:
        log_moneyness: ln(strike / forward).
        total_variance: volatility^2 * years, above 0.
        weights: of errors of volatility, above 0.
    """

    log_moneyness: FloatArray
    total_variance: FloatArray
    weights: FloatArray

    def __len__(self) -> int:
        return len(self.log_moneyness)

    @property
    def deviations(self) -> FloatArray:
        """The roots of total variance, which are volatilities but for a common factor."""
        return np.sqrt(self.total_variance)


def fit_points(
    *, log_moneyness: FloatArray, total_variance: FloatArray, spreads: FloatArray
) -> FitPoints:
    """Weigh points by vega and spread, see `fit_weights`, and merge those at one place.

    Args:
        log_moneyness: ascending, shape (points,), one or more.
        total_variance: above 0, shape (points,).
        spreads: ask less bid, shape (points,); NaN where unknown.
    """
    weights = fit_weights(
        log_moneyness=log_moneyness, total_variance=total_variance, spreads=spreads
    )
    apart = np.diff(log_moneyness) > _SAME_PLACE
    first = np.flatnonzero(np.concatenate(([True], apart)))
    joint = np.add.reduceat(weights, first)
    return FitPoints(
        log_moneyness=log_moneyness[first],
        total_variance=np.add.reduceat(weights * total_variance, first) / joint,
        weights=joint,
    )
