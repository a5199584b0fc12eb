"""Put-call parity."""

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.forward_options import Numbers


def parity_forwards(
    *, strikes: Numbers, calls: Numbers, puts: Numbers, rate: Numbers, years: Numbers
) -> FloatArray:
    """Return the forward price that each pair of a call and a put implies.

    By put-call parity (Stoll, 1969), F = K + exp(r T) (C - P), whatever the model. All arguments
    broadcast; NaN stays in its element.

    Args:
        strikes: of the pairs.
        calls: their prices, in the unit of the strikes.
        puts: likewise.
        rate: interest, continuous, a fraction per year.
        years: time to expiry; below 0 counts as 0.
    """
    # An absurd element becomes NaN or infinite, and nothing is said about it.
    with np.errstate(all="ignore"):
        growth = np.exp(np.multiply(rate, np.maximum(years, 0.0)))
        return np.asarray(strikes + growth * np.subtract(calls, puts))
