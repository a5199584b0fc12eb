"""Open-interest build-up: what traders did with an option."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import CodeArray, FloatArray
from deltastream.domain.figures import Buildup

# By the sign of the price change (down, none, up) and of the change in open interest.
_BY_SIGNS: Final = np.array(
    [
        [Buildup.LONG_UNWINDING, Buildup.NEUTRAL, Buildup.SHORT_BUILDUP],
        [Buildup.NEUTRAL, Buildup.NEUTRAL, Buildup.NEUTRAL],
        [Buildup.SHORT_COVERING, Buildup.NEUTRAL, Buildup.LONG_BUILDUP],
    ],
    dtype=np.int8,
)


def buildups(*, price_change: FloatArray, open_interest_change: FloatArray) -> CodeArray:
    """Classify options by the signs of their own price change and change in open interest.

    Both up is a long build-up, price down on more open interest a short build-up, both down long
    unwinding, price up on less open interest short covering; without a change of either, neutral.

    Args:
        price_change: of any shape; NaN is unknown.
        open_interest_change: of the same shape; NaN is unknown.

    Returns:
        Numbers of Buildup, 0 where a change is unknown.
    """
    unknown = np.isnan(price_change) | np.isnan(open_interest_change)
    price_sign = np.sign(np.where(unknown, 0.0, price_change)).astype(np.intp)
    interest_sign = np.sign(np.where(unknown, 0.0, open_interest_change)).astype(np.intp)
    codes: CodeArray = np.where(unknown, np.int8(0), _BY_SIGNS[price_sign + 1, interest_sign + 1])
    return codes
