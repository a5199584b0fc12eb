"""Support and resistance: the strikes that option writers defend."""

import numpy as np

from deltastream.domain.arrays import FloatArray, pick


def strike_of_most(*, strikes: FloatArray, quantities: FloatArray) -> FloatArray:
    """Return the strike of the greatest quantity, the lowest of several.

    Of the puts' open interest that strike is support: who wrote those puts loses below it. Of the
    calls' it is resistance.

    Args:
        strikes: shape (..., strikes) or what broadcasts to it, ascending, at least one.
        quantities: shape (..., strikes); NaN is what the source did not state.

    Returns:
        Shape (...); NaN where no strike has any.
    """
    # The greater of a number and NaN is the number.
    stated = np.fmax(quantities, 0.0)
    most = stated.argmax(axis=-1)
    found = np.where(stated > 0.0, strikes, np.nan)
    return pick(found, most)
