"""Where the search for an implied volatility starts: within 0.3 % for nearly any real option."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.special_functions import ndtri

_INVERSE_ROOT_TWO_PI: Final = 1.0 / np.sqrt(2.0 * np.pi)

_AT_THE_MONEY: Final = 1e-300
"""Stands for a distance of 0, so that it can be divided by."""

_FAR: Final = 30.0
"""From this log distance on, sinh and arcsinh are an exponential and a logarithm."""

_LARGEST_RATIO: Final = 1e307
"""Stands for one too large for a double: the logarithm differs little."""


def guess_from_value(beta: FloatArray, log_distance: FloatArray) -> FloatArray:
    """Guess s by way of a normal forward, whose formula has an inverse in one variable.

    Let h be the distance between a normally distributed forward and the strike, in deviations of
    such a size that the option has its price. To leading order in s both formulas are powers of s
    times exponentials of 1 / s²; equated, they give

        1 / s² = (h / k)² - 2 ln(sinh(k / 2) / (k / 2)) / k².

    What is subtracted is fitted here, with what it owes to h / k in higher orders: s is wrong by
    less than 0.3 % where it is below 2.7 within 8 deviations of the money, by 6 % at most.

    Args:
        beta: normalised value, above 0, at most 0.8 exp(-k / 2).
        log_distance: k = |ln(forward / strike)|.
    """
    k = np.maximum(log_distance, _AT_THE_MONEY)
    inverse = _normal_inverse_variance(beta, k)
    variance = 1.0 / inverse
    divisor = 12.0 + 1.26451 * k * k / (k + 9.39855)
    divisor -= variance * (0.201028 + 0.0544452 * variance / (1.0 + 0.0284974 * k))
    inverse -= 1.0 / divisor
    guess: FloatArray = 1.0 / np.sqrt(inverse)
    return guess


def guess_from_headroom(headroom: FloatArray, log_distance: FloatArray) -> FloatArray:
    """Guess s where an option is worth nearly its maximum.

    At the money its headroom is 2 N(-s / 2); off it s / 2 - |x| / s stands in for s / 2, which is
    wrong by less than 6 % where headroom is below a fifth of exp(x / 2).

    Args:
        headroom: exp(x / 2) - b, above 0.
        log_distance: |x|.
    """
    below = -ndtri(0.5 * headroom * np.exp(0.5 * log_distance))
    guess: FloatArray = below + np.sqrt(below * below + 2.0 * log_distance)
    return guess


def _normal_inverse_variance(beta: FloatArray, k: FloatArray) -> FloatArray:
    """Return (h / k)², as above.

    An option on a normal forward, h deviations out of the money, is worth N'(h) / h - N(-h) of the
    distance between forward and strike, which is 2 sinh(k / 2) in the unit of beta. The rational
    approximation of h² is fitted, to 0.06 % of h up to h = 38, in a variable that is h near the
    money and h² / 2 far from it.
    """
    beyond = np.maximum(k - _FAR, 0.0)
    distance = 2.0 * np.sinh(0.5 * (k - beyond)) * np.exp(-0.5 * beyond)
    y = np.arcsinh(_INVERSE_ROOT_TWO_PI * np.minimum(distance / beta, _LARGEST_RATIO)) + beyond
    numerator = ((0.0096846 * y + 0.20226) * y + 0.0984) * y + 1.0
    denominator = (((0.0048651 * y + 0.14626) * y + 0.68149) * y + 2.5984) * y + 1.0
    ratio = y / k
    inverse: FloatArray = ratio * ratio * numerator / denominator
    return inverse
