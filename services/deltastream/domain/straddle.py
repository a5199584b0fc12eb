"""The strike at the money and the price of its straddle."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.events import FloatArray, Legs, PriceBasis

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


def straddle(*, calls: Legs, puts: Legs, strike: float) -> BasedPrice | None:
    """Price the call plus the put at a strike that has both.

    Returns:
        Their sum, MIXED when one leg is priced by its mid and the other by its last trade; None
        when a leg has no price.
    """
    call = _leg_price(calls, strike)
    put = _leg_price(puts, strike)
    if call is None or put is None:
        return None
    basis = call.basis if call.basis is put.basis else PriceBasis.MIXED
    return BasedPrice(price=call.price + put.price, basis=basis)


def _leg_price(legs: Legs, strike: float) -> BasedPrice | None:
    """Take the middle of a two-sided quote that is not crossed, else the last trade."""
    position = int(np.searchsorted(legs.strikes, strike))
    bid, ask, last = (float(prices[position]) for prices in (legs.bid, legs.ask, legs.last))
    if 0.0 < bid <= ask:
        return BasedPrice(price=(bid + ask) / 2.0, basis=PriceBasis.MID)
    if last > 0.0:
        return BasedPrice(price=last, basis=PriceBasis.LAST)
    return None
