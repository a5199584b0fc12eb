"""The strike at the money and the price of its straddle."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import Legs
from deltastream.domain.figures import PriceBasis

DISTANCE_TOLERANCE: Final = 1e-12
"""Two strikes are equally near when their distances differ by less than this part of spot.

The midpoint of two decimal strikes is seldom exact in binary: 187.3 lies nearer to 187.4 than to
187.2 by 1e-13.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasedPrice:
    """A price, and what it was taken from."""

    price: float
    basis: PriceBasis


def strike_at_the_money(
    *, call_strikes: FloatArray, put_strikes: FloatArray, spot: float
) -> float | None:
    """Return the strike nearest to spot that has a call and a put, the lower of two equally near.

    Args:
        call_strikes: shape (calls,), ascending without repetition.
        put_strikes: shape (puts,), ascending without repetition.
        spot: price of the underlying, positive.

    Returns:
        The strike; None when no strike has both.
    """
    paired = call_strikes
    if not np.array_equal(call_strikes, put_strikes):
        paired = np.intersect1d(call_strikes, put_strikes, assume_unique=True)
    if len(paired) == 0:
        return None
    distances = np.abs(paired - spot)
    return float(paired[np.argmax(distances <= distances.min() + DISTANCE_TOLERANCE * spot)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Straddle:
    """The call and the put of one strike; None is a leg without a price."""

    call: BasedPrice | None
    put: BasedPrice | None

    @property
    def price(self) -> float | None:
        """Their sum; None when a leg has no price."""
        return None if self.call is None or self.put is None else self.call.price + self.put.price

    @property
    def basis(self) -> PriceBasis | None:
        """What the sum is made of: MIXED when one leg's mid and the other's last trade are."""
        if self.call is None or self.put is None:
            return None
        return self.call.basis if self.call.basis is self.put.basis else PriceBasis.MIXED


def straddle(*, calls: Legs, puts: Legs, strike: float) -> Straddle:
    """Price the call and the put at a strike that has both."""
    return Straddle(call=_leg_price(calls, strike), put=_leg_price(puts, strike))


def _leg_price(legs: Legs, strike: float) -> BasedPrice | None:
    """Take the middle of a two-sided quote that is not crossed, else the last trade."""
    position = int(np.searchsorted(legs.strikes, strike))
    bid, ask, last = (float(prices[position]) for prices in (legs.bid, legs.ask, legs.last))
    if 0.0 < bid <= ask:
        return BasedPrice(price=(bid + ask) / 2.0, basis=PriceBasis.MID)
    if last > 0.0:
        return BasedPrice(price=last, basis=PriceBasis.LAST)
    return None
