"""Why options have no implied volatility."""

import numpy as np

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.implied_volatility.priced_options import PricedOptions


def missing_reasons(options: PricedOptions) -> CodeArray:
    """Say why options that cannot have an implied volatility have none.

    Returns:
        Numbers of MissingReason: the first of INVALID_INPUT, EXPIRED, NO_PRICE, ABOVE_MAXIMUM
        and BELOW_INTRINSIC that holds.
    """
    calls, prices, forward, strikes, years, discount = options
    # From the last to the first: each line overrules those before.
    reasons = np.full(prices.shape, MissingReason.BELOW_INTRINSIC, dtype=np.int8)
    # What is invalid may divide by 0 or overflow, and is overruled below.
    with np.errstate(all="ignore"):
        above_maximum = prices / discount >= np.where(calls, forward, strikes)
    reasons[above_maximum] = MissingReason.ABOVE_MAXIMUM
    reasons[np.isnan(prices) | (prices == 0.0)] = MissingReason.NO_PRICE
    reasons[years <= 0.0] = MissingReason.EXPIRED
    valid = _above_zero(forward) & _above_zero(strikes) & _above_zero(discount)
    valid &= np.isfinite(years) & ~((prices < 0.0) | (prices == np.inf))
    reasons[~valid] = MissingReason.INVALID_INPUT
    return reasons


def _above_zero(numbers: FloatArray) -> BoolArray:
    return (numbers > 0.0) & (numbers < np.inf)
