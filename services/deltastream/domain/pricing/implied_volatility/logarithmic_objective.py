"""The function whose root is the implied volatility: logarithmic in price and in deviation.

Far from the money the price is nearly an exponential of s to the power of -2, close to it nearly
proportional to s. Logarithms of both make that an exponential or a straight line, on which
Householder's steps land within rounding. Near its maximum the same holds for what the price lacks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.implied_volatility.householder import Derivatives
from deltastream.domain.pricing.implied_volatility.normalised_black import (
    headroom_per_vega,
    value_per_vega,
)

_LOG_ROOT_TWO_PI: Final = 0.5 * np.log(2.0 * np.pi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogarithmicObjective:
    """The function ln y(s) - ln target of ln s, y being the value of options or their headroom.

    Attributes:
        per_vega: y / (db/ds) by h and s.
        sign: 1 where y grows with s, -1 where it falls.
        log_target: ln(target * sqrt(2π)).
        log_distance: |x|.
    """

    per_vega: Callable[[FloatArray, FloatArray], FloatArray]
    sign: float
    log_target: FloatArray
    log_distance: FloatArray

    def at(self, indices: NDArray[np.intp]) -> Self:
        """Return the same for some of the options."""
        return type(self)(
            per_vega=self.per_vega,
            sign=self.sign,
            log_target=self.log_target[indices],
            log_distance=self.log_distance[indices],
        )

    def derivatives(self, s: FloatArray) -> Derivatives:
        """Differentiate by ln s.

        Let p be the elasticity d ln y / d ln s = sign * s * vega / y. As s * vega has an elasticity
        of 1 + h² - t², that of p is 1 + h² - t² - p, and the rest follows by the chain rule.
        """
        h = self.log_distance / s
        ratio = self.per_vega(h, s)
        p = self.sign * s / ratio
        h_square, t_square = h * h, 0.25 * s * s
        total, difference = h_square + t_square, h_square - t_square
        newton = (self.log_target + 0.5 * total - np.log(ratio)) / p
        second = 1.0 + difference - p
        slope = -2.0 * total - p * second
        third = second * second + slope
        curvature = 4.0 * difference - p * (second * second + slope)
        fourth = 2.0 * second * slope + curvature + second * third
        return Derivatives(newton=newton, second=second, third=third, fourth=fourth)


def value_objective(beta: FloatArray, log_distance: FloatArray) -> LogarithmicObjective:
    """Look for the deviation at which options have this normalised value."""
    return LogarithmicObjective(
        per_vega=value_per_vega,
        sign=1.0,
        log_target=np.log(beta) + _LOG_ROOT_TWO_PI,
        log_distance=log_distance,
    )


def headroom_objective(headroom: FloatArray, log_distance: FloatArray) -> LogarithmicObjective:
    """Look for the deviation at which options are this far below their normalised maximum."""
    return LogarithmicObjective(
        per_vega=headroom_per_vega,
        sign=-1.0,
        log_target=np.log(headroom) + _LOG_ROOT_TWO_PI,
        log_distance=log_distance,
    )
