"""Volatility at the money of constant maturity, between the expiries that are listed."""

from math import sqrt
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

THIRTY_DAYS: Final = 30.0 / 365.0
"""The usual maturity, in years."""


def constant_maturity_volatility(
    *, years: FloatArray, volatilities: FloatArray, maturity: float = THIRTY_DAYS
) -> float | None:
    """Interpolate volatility linearly in total variance, volatility^2 * years, over time.

    Args:
        years: time to each expiry, shape (expiries,), ascending, above 0.
        volatilities: annual, shape (expiries,).
        maturity: the time wanted, in years.

    Returns:
        None when no expiries lie about the maturity.
    """
    if not len(years) or not years[0] <= maturity <= years[-1]:
        return None
    total_variance = float(np.interp(maturity, years, volatilities**2 * years))
    return sqrt(total_variance / maturity)
