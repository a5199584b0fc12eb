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
    stated = np.where(np.isnan(quantities), 0.0, quantities)
    if not (stated > 0.0).any():
        return None
    return float(strikes[np.argmax(stated)])
