"""Black's formula in the two numbers that matter, as Jäckel, "Let's Be Rational" (2015).

An option out of the money is worth sqrt(forward * strike) * discount times b(x, s), with
x = -|ln(forward / strike)| and s = volatility * sqrt(years). A call in the money is worth its
intrinsic value and the put of its strike, and the other way round, so b prices all options.

With h = |x| / s and t = s / 2, everything here is Mills ratios Y times the normalised vega:

    vega      db/ds = exp(-(h² + t²) / 2) / sqrt(2π)
    value     b = vega * (Y(h - t) - Y(h + t))
    headroom  exp(x / 2) - b = vega * (Y(t - h) + Y(t + h))

exp(x / 2) is the most that the option can be worth. Only vega comes near 0 far from the money.
"""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.mills_ratio import mills_ratio, mills_ratio_decline

_INVERSE_ROOT_TWO_PI: Final = 1.0 / np.sqrt(2.0 * np.pi)

_NO_DEVIATION: Final = 1e-100
"""Stands for none, so that it can be divided by; an option is worth nothing there."""

_NEAR_MAXIMUM: Final = 1.0
"""Where t - h is above this, b is above 0.68 exp(x / 2): then it is told by its headroom."""


def normalised_black(x: float | FloatArray, s: float | FloatArray) -> FloatArray:
    """Return b, the normalised value of an option out of the money.

    Args:
        x: -|ln(forward / strike)|, at most 0; NaN and above 0 give NaN.
        s: volatility * sqrt(years), at least 0, infinity included; NaN and below 0 give NaN.
            Broadcasts with x.
    """
    # Out of range the answer is NaN, and the formula that is not looked at may overflow.
    with np.errstate(all="ignore"):
        deviation = np.where(np.greater_equal(s, 0.0), np.maximum(s, _NO_DEVIATION), np.nan)
        distance = np.where(np.less_equal(x, 0.0), np.negative(x), np.nan) / deviation
        vega = normalised_vega(distance, deviation)
        value = vega * value_per_vega(distance, deviation) * (deviation > _NO_DEVIATION)
        from_maximum = np.exp(np.divide(x, 2.0)) - vega * headroom_per_vega(distance, deviation)
        near_maximum = 0.5 * deviation - distance > _NEAR_MAXIMUM
        return np.where(near_maximum, from_maximum, value)


def normalised_vega(distance: FloatArray, s: FloatArray) -> FloatArray:
    """Return db/ds at h = distance."""
    vega: FloatArray = _INVERSE_ROOT_TWO_PI * np.exp(-0.5 * (distance * distance + 0.25 * s * s))
    return vega


def value_per_vega(distance: FloatArray, s: FloatArray) -> FloatArray:
    """Return b / (db/ds) at h = distance; it overflows where t is above h by 37."""
    return mills_ratio_decline(middle=distance, width=s)


def headroom_per_vega(distance: FloatArray, s: FloatArray) -> FloatArray:
    """Return (exp(x / 2) - b) / (db/ds) at h = distance; it overflows where h is above t by 37."""
    half = 0.5 * s
    return mills_ratio(half - distance) + mills_ratio(half + distance)
