"""What a smile says in three numbers: its level, its tilt and its bend."""

from dataclasses import dataclass
from math import log, sqrt
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.smile import Smile

WING_DELTA: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class SmileShape:
    """Volatilities, fractions; None outside the strikes that have one.

    Attributes:
        at_the_money: at the forward.
        call_wing: of the call of delta 0.25.
        put_wing: of the put of delta -0.25.
    """

    at_the_money: float | None
    call_wing: float | None
    put_wing: float | None

    @property
    def risk_reversal(self) -> float | None:
        """The call's volatility less the put's."""
        if self.call_wing is None or self.put_wing is None:
            return None
        return self.call_wing - self.put_wing

    @property
    def butterfly(self) -> float | None:
        """The mean of the wings less the volatility at the money."""
        if self.call_wing is None or self.put_wing is None or self.at_the_money is None:
            return None
        return (self.call_wing + self.put_wing) / 2.0 - self.at_the_money


def shape_of(smile: Smile, *, strikes: FloatArray, forward: float) -> SmileShape:
    """Measure a smile.

    Args:
        smile: of the strikes.
        strikes: shape (strikes,), ascending.
        forward: the forward price.
    """
    known = ~np.isnan(smile.by_strike)
    volatilities = smile.by_strike[known]
    call_deltas = smile.greeks.delta[CALL, known]
    put_deltas = smile.greeks.delta[PUT, known]
    return SmileShape(
        at_the_money=_at_forward(strikes[known], volatilities, forward),
        call_wing=_at_delta(call_deltas, volatilities),
        put_wing=_at_delta(-put_deltas[::-1], volatilities[::-1]),
    )


def _at_forward(strikes: FloatArray, volatilities: FloatArray, forward: float) -> float | None:
    """Interpolate linearly in total variance over the logarithm of strike."""
    if not len(strikes) or not strikes[0] <= forward <= strikes[-1]:
        return None
    upper = min(max(int(np.searchsorted(strikes, forward)), 1), len(strikes) - 1)
    lower = max(upper - 1, 0)
    beside = [log(strikes[lower]), log(strikes[upper])]
    # Of one expiry, total variance is a multiple of the variance per year.
    variances = volatilities[[lower, upper]] ** 2
    return sqrt(float(np.interp(log(forward), beside, variances)))


def _at_delta(deltas: FloatArray, volatilities: FloatArray) -> float | None:
    """Interpolate linearly in delta where it first falls below the wing's.

    Args:
        deltas: sizes of delta, from in the money outwards.
        volatilities: parallel to them.
    """
    below = deltas < WING_DELTA
    first = int(np.argmax(below)) if len(below) else 0
    if first == 0:
        return None
    inner, outer = deltas[first - 1], deltas[first]
    weight = (inner - WING_DELTA) / (inner - outer)
    return float(volatilities[first - 1] + weight * (volatilities[first] - volatilities[first - 1]))
