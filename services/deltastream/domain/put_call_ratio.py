"""Put-call ratios."""

import math

import numpy as np

from deltastream.domain.arrays import FloatArray


def total(quantities: FloatArray) -> float:
    """Sum quantities of any shape, passing over NaN, which is what the source did not state."""
    plain_sum = float(quantities.sum())
    if math.isnan(plain_sum):
        return float(quantities[~np.isnan(quantities)].sum())
    return plain_sum


def put_call_ratio(*, call_total: float, put_total: float) -> float | None:
    """Divide the puts' total by the calls', over all listed strikes of one expiry.

    Returns:
        The ratio, a pure number; None when the calls have nothing to divide by.
    """
    return put_total / call_total if call_total > 0.0 else None
