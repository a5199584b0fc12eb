"""Support and resistance: the strikes that option writers defend."""

import numpy as np

from deltastream.domain.arrays import FloatArray


def strike_of_most(*, strikes: FloatArray, quantities: FloatArray) -> float | None:
    """Return the strike of the greatest quantity, the lowest of several.

    Of the puts' open interest that strike is support: who wrote those puts loses below it. Of the
    calls' it is resistance.

    Args:
        strikes: shape (strikes,), ascending.
        quantities: shape (strikes,); NaN is what the source did not state.

    Returns:
        None when no strike has any.
    """
    if not len(quantities):
        return None
    # The greater of a number and NaN is the number.
    stated = np.fmax(quantities, 0.0)
    most = stated.argmax()
    return float(strikes[most]) if stated[most] > 0.0 else None
