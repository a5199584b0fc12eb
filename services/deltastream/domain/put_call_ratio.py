"""Put-call ratios."""

import numpy as np

from deltastream.domain.arrays import FloatArray


def total(quantities: FloatArray) -> FloatArray:
    """Sum quantities, passing over NaN, which is what the source did not state.

    Args:
        quantities: shape (..., strikes).

    Returns:
        Shape (...). They are added from strike to strike, so that what is not stated, anywhere,
        changes nothing.
    """
    stated = np.where(np.isnan(quantities), 0.0, quantities)
    totals: FloatArray = np.add.accumulate(stated, axis=-1)[..., -1]
    return totals


def put_call_ratio(*, call_total: FloatArray, put_total: FloatArray) -> FloatArray:
    """Divide the puts' totals by the calls', over all listed strikes of one expiry.

    Returns:
        The ratios, pure numbers; NaN where the calls have nothing to divide by.
    """
    divisor = np.where(call_total > 0.0, call_total, np.nan)
    return np.divide(put_total, divisor)
