"""What a smile says in three numbers: its level, its tilt and its bend."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray, last_marked_before
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.smile import Smiles

WING_DELTA: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmileShapes:
    """Volatilities of some chains, fractions; NaN outside the strikes that have one.

    Attributes:
        at_the_money: at the forward, shape (chains,).
        wings: of the call of delta 0.25 and the put of delta -0.25, shape (2, chains).
    """

    at_the_money: FloatArray
    wings: FloatArray

    @property
    def risk_reversal(self) -> FloatArray:
        """The call's volatility less the put's."""
        reversal: FloatArray = self.wings[CALL] - self.wings[PUT]
        return reversal

    @property
    def butterfly(self) -> FloatArray:
        """The mean of the wings less the volatility at the money."""
        bend: FloatArray = (self.wings[CALL] + self.wings[PUT]) / 2.0 - self.at_the_money
        return bend


def shapes_of(smiles: Smiles, *, strikes: FloatArray, forward: FloatArray) -> SmileShapes:
    """Measure smiles.

    Args:
        smiles: of the strikes.
        strikes: shape (chains, strikes), ascending, at least one; NaN behind the last.
        forward: the forward prices, shape (chains,); NaN is unknown.
    """
    volatility, delta = smiles.by_strike, smiles.greeks.delta
    wings = _at_delta(
        np.concatenate((delta[CALL], -delta[PUT, :, ::-1])),
        np.concatenate((volatility, volatility[:, ::-1])),
    )
    return SmileShapes(
        at_the_money=_at_forward(strikes, volatility, forward), wings=wings.reshape(2, -1)
    )


def _at_forward(strikes: FloatArray, volatility: FloatArray, forward: FloatArray) -> FloatArray:
    """Interpolate linearly in total variance over the logarithm of strike."""
    rows, solved = np.arange(len(strikes)), ~np.isnan(volatility)
    above = solved & (strikes >= forward[:, None])
    upper = above.argmax(axis=-1)
    # The lowest strike has none below, and needs none if it is the forward itself.
    lower = np.where(
        strikes[rows, upper] == forward, upper, last_marked_before(solved)[rows, upper]
    )
    beside = np.array((lower, upper))
    low, high = np.log(strikes[rows, beside])
    # Of one expiry, total variance is a multiple of the variance per year.
    near, far = volatility[rows, beside] ** 2
    weight = (np.log(forward) - low) / np.where(lower == upper, 1.0, high - low)
    found = (lower >= 0) & above[rows, upper]
    return np.where(found, np.sqrt(near + weight * (far - near)), np.nan)


def _at_delta(deltas: FloatArray, volatility: FloatArray) -> FloatArray:
    """Interpolate linearly in delta where it first falls below the wing's.

    Args:
        deltas: sizes of delta, from in the money outwards, shape (wings, strikes).
        volatility: of the same shape; NaN where there is none, nor a delta.

    Returns:
        Shape (wings,); NaN where it does not fall below.
    """
    rows, below = np.arange(len(deltas)), deltas < WING_DELTA
    first = below.argmax(axis=-1)
    beside = np.array((last_marked_before(~np.isnan(volatility))[rows, first], first))
    inner, outer = deltas[rows, beside]
    near, far = volatility[rows, beside]
    found = near + (inner - WING_DELTA) / (inner - outer) * (far - near)
    return np.where((beside[0] >= 0) & below[rows, first], found, np.nan)
