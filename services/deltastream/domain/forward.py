"""The forward price that a chain's options are priced on."""

from dataclasses import dataclass
from math import exp
from statistics import median
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.figures import ForwardBasis, PriceBasis
from deltastream.domain.leg_prices import LegPrices
from deltastream.domain.pricing.parity import parity_forwards

STRIKES_USED: Final = 5
"""How many strikes near the money speak for the forward: an odd number, so that one that is out
of line is outvoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """A forward price, and where it comes from."""

    price: float
    basis: ForwardBasis


def implied_forward(
    *, strikes: FloatArray, prices: LegPrices, spot: float | None, rate: float, years: float
) -> Forward | None:
    """Derive the forward from put-call parity, else carry spot.

    Put-call parity, F = K + exp(r T) (C - P), holds at every strike; the median of those nearest
    to spot is taken. Strikes where both legs are quoted two-sided go before those that have last
    trades. Without any, spot is carried without dividends.

    Args:
        strikes: shape (strikes,), ascending.
        prices: shape (2, strikes), calls and puts.
        spot: price of the underlying; None when unknown.
        rate: interest, continuous, per year.
        years: time to expiry.

    Returns:
        None when there is neither a pair of prices nor a spot price.
    """
    pairs = _pairs(prices)
    if pairs.any():
        calls, puts = prices.price[:, pairs]
        near = _nearest(strikes[pairs], calls - puts, spot)
        forwards = parity_forwards(
            strikes=strikes[pairs][near], calls=calls[near], puts=puts[near], rate=rate, years=years
        )
        # NumPy's median takes longer than all the rest of this on five numbers.
        price = median(forwards.tolist())
        if price > 0.0:
            return Forward(price=price, basis=ForwardBasis.PARITY)
    return carried_spot(spot=spot, rate=rate, years=years)


def carried_spot(*, spot: float | None, rate: float, years: float) -> Forward | None:
    """Carry spot to expiry at the interest rate, without dividends; None without a spot price."""
    if spot is None:
        return None
    return Forward(price=spot * exp(rate * years), basis=ForwardBasis.CARRIED_SPOT)


def _pairs(prices: LegPrices) -> BoolArray:
    """Say at which strikes call and put can be compared; shape (strikes,)."""
    quoted: BoolArray = (prices.basis == PriceBasis.MID).all(axis=0)
    if quoted.any():
        return quoted
    priced: BoolArray = (prices.basis != 0).all(axis=0)
    return priced


def _nearest(strikes: FloatArray, differences: FloatArray, spot: float | None) -> BoolArray:
    """Choose the strikes nearest to the money: to spot, else where call and put cost the same."""
    distances = np.abs(strikes - spot) if spot is not None else np.abs(differences)
    if len(strikes) <= STRIKES_USED:
        return np.ones(len(strikes), dtype=np.bool_)
    chosen: BoolArray = distances <= np.partition(distances, STRIKES_USED - 1)[STRIKES_USED - 1]
    return chosen
