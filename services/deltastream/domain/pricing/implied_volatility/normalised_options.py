"""Options brought to the form in which their volatility is searched for."""

from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.pricing.implied_volatility.priced_options import PricedOptions

_ROUNDING: Final = 4.0 * np.finfo(np.float64).eps
"""Of the maximum: less time value than this is what rounding left of none."""


class NormalisedOptions(NamedTuple):
    """The legs out of the money, which have the same volatilities; arrays of shape (options,).

    Attributes:
        beta: time value at expiry over sqrt(forward * strike).
        headroom: how far that is below its maximum.
        log_distance: |ln(forward / strike)|, to the last digit however close they are.
    """

    beta: FloatArray
    headroom: FloatArray
    log_distance: FloatArray

    def at(self, indices: NDArray[np.intp]) -> Self:
        """Return some of the options."""
        return type(self)(*(column[indices] for column in self))


def normalise(options: PricedOptions) -> tuple[NormalisedOptions, BoolArray]:
    """Take discount and intrinsic value out of prices, and measure them by forward and strike.

    The subtraction of intrinsic value is exact, but no digits come back that the price of an option
    in the money never had.

    Returns:
        The options, and whether they have a deviation: whether their prices lie between intrinsic
        value and maximum, all numbers being such that these exist. Where not, the options mean
        nothing.
    """
    calls, prices, forward, strikes, _, discount = options
    # What is no price of an option may divide by 0 or overflow: it is out of bounds then.
    with np.errstate(all="ignore"):
        at_expiry = prices / discount
        above_strike = forward - strikes
        gap = np.abs(above_strike)
        intrinsic = np.where(calls == (above_strike > 0.0), gap, 0.0)
        maximum = np.where(calls, forward, strikes)
        time_value, headroom = at_expiry - intrinsic, maximum - at_expiry
        # The first two can hold only where forward and strike are above 0.
        within_bounds = time_value > np.minimum(intrinsic, _ROUNDING * maximum)
        within_bounds &= headroom > 0.0
        within_bounds &= (gap < np.inf) & (discount > 0.0)
        unit = np.sqrt(forward) * np.sqrt(strikes)
        normalised = NormalisedOptions(
            beta=time_value / unit,
            headroom=headroom / unit,
            log_distance=2.0 * np.arcsinh(0.5 * gap / unit),
        )
    return normalised, within_bounds
