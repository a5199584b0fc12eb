"""What a market maker quotes around a value, in whole price steps."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

RELATIVE_HALF_SPREAD: Final = 0.003
"""Distance of bid and ask from the value, as a part of it; never less than one price step."""


def two_sided(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Quote around values, away from them: no trade at the quotes is free of risk and profitable.

    Bid and ask rise with the value, so quotes keep the order of values over strikes.

    Args:
        values: at least 0, in price steps; any shape.

    Returns:
        Bids of at least one step, and asks above them, in whole price steps.
    """
    half_spread = np.maximum(RELATIVE_HALF_SPREAD * values, 1.0)
    bids = np.maximum(np.floor(values - half_spread), 1.0)
    asks = np.maximum(np.ceil(values + half_spread), bids + 1.0)
    return bids, asks
