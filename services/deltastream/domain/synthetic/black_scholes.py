"""Option values on a forward."""

import numpy as np
from scipy.special import ndtr

from deltastream.domain.events import FloatArray


def option_values(
    *, forward: float, strikes: FloatArray, volatility: FloatArray, years: float, discount: float
) -> FloatArray:
    """Value European calls and puts by Black, "The pricing of commodity contracts" (1976).

    Puts follow from calls by put-call parity, so that the two never disagree.

    Args:
        forward: price of the underlying for delivery at expiry.
        strikes: shape (strikes,).
        volatility: shape (strikes,), a fraction per square root of a year, above 0.
        years: time to expiry, above 0.
        discount: value today of one unit at expiry.

    Returns:
        Values today, at least 0, shape (2, strikes): the calls, the puts.
    """
    deviation = volatility * np.sqrt(years)
    d1 = np.log(forward / strikes) / deviation + deviation / 2.0
    calls = discount * (forward * ndtr(d1) - strikes * ndtr(d1 - deviation))
    puts = calls - discount * (forward - strikes)
    return np.maximum((calls, puts), 0.0)
