"""The search for the deviation at which an option has its price."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.implied_volatility.householder import householder_step
from deltastream.domain.pricing.implied_volatility.initial_guess import (
    guess_from_headroom,
    guess_from_value,
)
from deltastream.domain.pricing.implied_volatility.logarithmic_objective import (
    LogarithmicObjective,
    headroom_objective,
    value_objective,
)
from deltastream.domain.pricing.implied_volatility.normalised_options import NormalisedOptions

_NEAR_MAXIMUM: Final = 0.25
"""Where its headroom is below this part of the value, an option is searched for by its headroom."""

_SETTLED: Final = 2e-3
"""A step in ln s after which rounding is all that is left, as the error goes with its fifth power.

So it is for strikes within 1e-12 and 1e12 times the forward; at 1e300 times 2e-10 may be left.
"""

_MOST_STEPS: Final = 4
"""Realistic options settle at the first, and no others were found that took a third."""


def normalised_implied_volatility(beta: float | FloatArray, x: float | FloatArray) -> FloatArray:
    """Return the s at which normalised_black(x, s) is beta.

    Args:
        beta: normalised value of an option out of the money, above 0 and below exp(x / 2).
        x: -|ln(forward / strike)|, at most 0. Broadcasts with beta.

    Returns:
        Of the shape that both broadcast to; NaN where an argument is out of range.
    """
    value, log_moneyness = np.broadcast_arrays(beta, x)
    headroom = np.exp(0.5 * np.minimum(log_moneyness, 0.0)) - value
    within = (value > 0.0) & (headroom > 0.0) & (log_moneyness <= 0.0)
    s = np.full(within.shape, np.nan)
    s[within] = implied_deviation(
        NormalisedOptions(
            beta=value[within], headroom=headroom[within], log_distance=-log_moneyness[within]
        )
    )
    return s


def implied_deviation(options: NormalisedOptions) -> FloatArray:
    """Return s = volatility * sqrt(years) of options that have one.

    Returns:
        Shape (options,); NaN where a number on the way was too small or too large for a double.
    """
    beta, headroom, log_distance = options
    # Numbers that overflow on the way become NaN, which is how they are told.
    with np.errstate(all="ignore"):
        near_maximum = headroom < _NEAR_MAXIMUM * beta
        if not near_maximum.any():
            return _from_value(beta, log_distance)
        deviation = np.empty_like(beta)
        below, near = np.flatnonzero(~near_maximum), np.flatnonzero(near_maximum)
        deviation[below] = _from_value(beta[below], log_distance[below])
        deviation[near] = _from_headroom(headroom[near], log_distance[near])
        return deviation


def _from_value(beta: FloatArray, log_distance: FloatArray) -> FloatArray:
    guess = guess_from_value(beta, log_distance)
    return _refine(value_objective(beta, log_distance), guess)


def _from_headroom(headroom: FloatArray, log_distance: FloatArray) -> FloatArray:
    guess = guess_from_headroom(headroom, log_distance)
    return _refine(headroom_objective(headroom, log_distance), guess)


def _refine(objective: LogarithmicObjective, s: FloatArray, steps: int = _MOST_STEPS) -> FloatArray:
    """Take steps until all have settled; NaN for those that do not."""
    step = householder_step(objective.derivatives(s))
    refined = s * np.exp(step)
    unsettled = np.flatnonzero(np.abs(step) > _SETTLED)
    if not unsettled.size:
        return refined
    if steps == 1:
        refined[unsettled] = np.nan
        return refined
    rest = refined[unsettled]
    refined[unsettled] = _refine(objective.at(unsettled), rest, steps - 1)
    return refined
