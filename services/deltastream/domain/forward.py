"""The forward price that a chain's options are priced on."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray, known, pick
from deltastream.domain.chain_grid import CALL, PUT
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forwards:
    """The forwards of some chains, shape (chains,).

    Attributes:
        price: NaN where there is none.
        basis: numbers of ForwardBasis, 0 where there is none.
    """

    price: FloatArray
    basis: CodeArray

    def of_chain(self, chain: int) -> Forward | None:
        """Return that of one chain, by its place."""
        price = known(self.price[chain])
        return (
            None if price is None else Forward(price=price, basis=ForwardBasis(self.basis[chain]))
        )


def implied_forwards(
    *, strikes: FloatArray, prices: LegPrices, spot: FloatArray, rate: FloatArray, years: FloatArray
) -> Forwards:
    """Derive forwards from put-call parity, else carry spot.

    Put-call parity, F = K + exp(r T) (C - P), holds at every strike; the median of those nearest
    to spot is taken. Strikes where both legs are quoted two-sided go before those that have last
    trades. Without any, spot is carried without dividends.

    Args:
        strikes: shape (chains, strikes), ascending, at least one.
        prices: shape (2, chains, strikes), calls and puts.
        spot: price of the underlying, shape (chains,); NaN is unknown.
        rate: interest, continuous, per year, shape (chains,).
        years: time to expiry, shape (chains,); NaN is unknown.

    Returns:
        None where there is neither a pair of prices nor a spot price, or no known time.
    """
    calls, puts = prices.price
    forwards = parity_forwards(
        strikes=strikes, calls=calls, puts=puts, rate=rate[:, None], years=years[:, None]
    )
    # Without spot the money is where call and put cost the same.
    distances = np.where(
        np.isnan(spot)[:, None], np.abs(calls - puts), np.abs(strikes - spot[:, None])
    )
    price = _median(np.where(_nearest(distances, _pairs(prices)), forwards, np.nan))
    parity = np.isfinite(price) & (price > 0.0)
    carried = carried_spots(spot=spot, rate=rate, years=years)
    return Forwards(
        price=np.where(parity, price, carried.price),
        basis=np.where(parity, np.int8(ForwardBasis.PARITY), carried.basis),
    )


def carried_spots(*, spot: FloatArray, rate: FloatArray, years: FloatArray) -> Forwards:
    """Carry spot to expiry at the interest rate, without dividends.

    None where one is NaN, or where no number can hold the price.
    """
    with np.errstate(over="ignore"):
        grown = spot * np.exp(rate * years)
    price = np.where(np.isfinite(grown), grown, np.nan)
    return Forwards(
        price=price,
        basis=np.where(np.isnan(price), np.int8(0), np.int8(ForwardBasis.CARRIED_SPOT)),
    )


def _pairs(prices: LegPrices) -> BoolArray:
    """Say at which strikes call and put can be compared; shape (chains, strikes)."""
    call, put = prices.basis[CALL], prices.basis[PUT]
    quoted: BoolArray = (call == PriceBasis.MID) & (put == PriceBasis.MID)
    if quoted.all():
        return quoted
    return np.where(quoted.any(axis=-1, keepdims=True), quoted, (call != 0) & (put != 0))


def _nearest(distances: FloatArray, pairs: BoolArray) -> BoolArray:
    """Choose the pairs nearest to the money."""
    if distances.shape[-1] <= STRIKES_USED:
        return pairs
    compared = np.where(pairs, distances, np.inf)
    farthest = np.partition(compared, STRIKES_USED - 1, axis=-1)[:, STRIKES_USED - 1 : STRIKES_USED]
    nearest: BoolArray = pairs & (distances <= farthest)
    return nearest


def _median(values: FloatArray) -> FloatArray:
    """Return the median of each row, passing over NaN; NaN where nothing else is."""
    # NumPy's own, which passes over NaN, takes longer than all the rest of this.
    counts = np.count_nonzero(~np.isnan(values), axis=-1)
    ascending = np.sort(values, axis=-1)
    return 0.5 * (
        pick(ascending, np.maximum(counts - 1, 0) // 2)
        + pick(ascending, counts // 2 % values.shape[-1])
    )
