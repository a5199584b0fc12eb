"""How much the volatility at each strike counts in a fit."""

from math import log
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

_NARROWEST_SPREAD: Final = 0.1
"""No spread counts as narrower than this part of the middle one: a locked quote proves little."""

_LEAST_WEIGHT: Final = 0.01
"""Of the greatest weight. With less, a wing would be free to go anywhere."""


def fit_weights(
    *, log_moneyness: FloatArray, total_variance: FloatArray, spreads: FloatArray
) -> FloatArray:
    """Weigh errors of volatility by vega / spread, so that they are counted in quoted spreads.

    Without spreads they are weighed by vega, and so counted in price.

    Args:
        log_moneyness: ln(strike / forward), shape (points,).
        total_variance: volatility^2 * years, above 0, shape (points,).
        spreads: ask less bid, shape (points,). A point whose spread is unknown or below 0 counts
            as quoted as wide as the widest.

    Returns:
        Shape (points,), from 0.01 to 1.
    """
    deviation = np.sqrt(total_variance)
    d1 = deviation / 2.0 - log_moneyness / deviation
    # The logarithm of vega, but for a term that all options of one expiry share. Far from the
    # money vega itself would be 0, and nothing could be compared.
    weights = -(d1**2) / 2.0 - _log_spreads(spreads)
    relative: FloatArray = np.exp(weights - weights.max())
    return np.maximum(relative, _LEAST_WEIGHT)


def _log_spreads(spreads: FloatArray) -> FloatArray:
    known = np.isfinite(spreads) & (spreads >= 0.0)
    if not (spreads[known] > 0.0).any():
        return np.zeros(spreads.shape)
    stated = np.where(known, spreads, spreads[known].max())
    positive = np.sort(stated[stated > 0.0])
    narrowest = log(positive[len(positive) // 2]) + log(_NARROWEST_SPREAD)
    # A spread of 0 has no logarithm, but always one that is narrower than the narrowest.
    return np.maximum(np.log(np.maximum(stated, np.finfo(np.float64).tiny)), narrowest)
