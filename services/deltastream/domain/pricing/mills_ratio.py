"""The Mills ratio of the normal distribution, and how much it declines.

The value of an option far out of the money is a small difference of two small numbers. Written
with Mills ratios, the density that makes both of them small can be taken out, as by Jäckel, "Let's
Be Rational", Wilmott 75 (2015).
"""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.special_functions import erfcx

_NARROW: Final = 0.08
"""Subtraction loses digits as one part in the width: two at most, where it is not narrow."""

_SERIES_TERMS: Final = 3
"""After the first; the next is less than one part in 1e14, where the width is narrow."""

_ROOT_HALF: Final = np.sqrt(0.5)
_ROOT_HALF_PI: Final = np.sqrt(np.pi / 2.0)


def mills_ratio(x: FloatArray) -> FloatArray:
    """Return Y(x) = N(-x) / N'(x), which is positive and falls; it overflows below -37."""
    ratio: FloatArray = _ROOT_HALF_PI * erfcx(_ROOT_HALF * x)
    return ratio


def mills_ratio_decline(*, middle: FloatArray, width: FloatArray) -> FloatArray:
    """Return Y(middle - width / 2) - Y(middle + width / 2).

    Args:
        middle: at least 0; the result loses digits as its square.
        width: above 0, at most 70.
    """
    narrow = width < _NARROW
    if narrow.all():
        return _decline_by_series(middle, width)
    decline = mills_ratio(middle - width / 2.0) - mills_ratio(middle + width / 2.0)
    if narrow.any():
        decline = np.where(narrow, _decline_by_series(middle, width), decline)
    return decline


def _decline_by_series(middle: FloatArray, width: FloatArray) -> FloatArray:
    """Expand the decline about its middle, in odd derivatives of the Mills ratio.

    Y' = x Y - 1 gives each derivative from the two odd ones before. Terms hold their powers of the
    width, so that none overflows.
    """
    quarter_square = width * width / 4.0
    product = middle * middle * quarter_square
    fourth_power = quarter_square * quarter_square
    before, term = 1.0 / quarter_square, 1.0 - middle * mills_ratio(middle)
    total = term
    for n in range(_SERIES_TERMS):
        growth = (4 * n + 3) * quarter_square + product
        before, term = term, (growth * term - fourth_power * before) / ((2 * n + 2) * (2 * n + 3))
        total = total + term
    return width * total
