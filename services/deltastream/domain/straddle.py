"""The strike at the money and the price of its straddle."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray, PlaceArray, pick
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.figures import PriceBasis

DISTANCE_TOLERANCE: Final = 1e-12
"""Two strikes are equally near when their distances differ by less than this part of spot.

The midpoint of two decimal strikes is seldom exact in binary: 187.3 lies nearer to 187.4 than to
187.2 by 1e-13.
"""


class MoneyStrike(NamedTuple):
    """The strikes at the money of some chains; arrays of shape (chains,).

    Attributes:
        place: where in its chain; any, where there is none.
        strike: NaN where there is none.
    """

    place: PlaceArray
    strike: FloatArray


def strike_at_the_money(
    *, strikes: FloatArray, paired: BoolArray, price: FloatArray
) -> MoneyStrike:
    """Find the strike nearest to a price that has a call and a put, the lower of two equally near.

    Args:
        strikes: ascending, at least one, shape (chains, strikes).
        paired: which of them have both legs, of the same shape.
        price: of each chain's underlying, positive, shape (chains,); NaN is unknown.

    Returns:
        None of a chain without a price, or in which no strike has both legs.
    """
    distances = np.where(paired, np.abs(strikes - price[:, None]), np.inf)
    nearly = distances.min(axis=-1) + DISTANCE_TOLERANCE * price
    place = np.argmax(distances <= nearly[:, None], axis=-1)
    known = pick(paired, place) & ~np.isnan(price)
    return MoneyStrike(place, np.where(known, pick(strikes, place), np.nan))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Straddles:
    """The call and the put of one strike of each chain.

    Attributes:
        legs: their prices, shape (2, chains); NaN is a leg without one.
        bases: numbers of PriceBasis, 0 for a leg without a price, shape (2, chains).
    """

    legs: FloatArray
    bases: CodeArray

    @property
    def price(self) -> FloatArray:
        """Their sum, shape (chains,); NaN when a leg has no price, or a double cannot hold it."""
        price = self.legs[CALL] + self.legs[PUT]
        return np.where(price < np.inf, price, np.nan)

    @property
    def basis(self) -> CodeArray:
        """What the sum is made of: MIXED when one leg's mid and the other's last trade are."""
        call, put = self.bases
        mixed = np.where(call == put, call, np.int8(PriceBasis.MIXED))
        return np.where(np.isnan(self.price), np.int8(0), mixed)


def straddles(*, bid: FloatArray, ask: FloatArray, last: FloatArray) -> Straddles:
    """Price calls and puts: the middle of a two-sided quote not crossed, else the last trade.

    Args:
        bid: shape (2, chains), calls before puts; NaN or 0 is none.
        ask: likewise.
        last: likewise.
    """
    quoted = (bid > 0.0) & (bid <= ask) & (ask < np.inf)
    traded = (last > 0.0) & (last < np.inf)
    basis = np.where(traded, np.int8(PriceBasis.LAST), np.int8(0))
    return Straddles(
        legs=np.where(quoted, 0.5 * bid + 0.5 * ask, np.where(traded, last, np.nan)),
        bases=np.where(quoted, np.int8(PriceBasis.MID), basis),
    )
