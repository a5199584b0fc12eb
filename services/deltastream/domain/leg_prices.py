"""Which price of an option to trust, and why none."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray
from deltastream.domain.figures import PriceBasis
from deltastream.domain.missing import MissingReason

WIDE_OF_MIDDLE: Final = 0.5
WIDE_OF_STRIKE: Final = 0.005
"""A spread is too wide when it exceeds both parts: that of the middle alone would refuse cheap
options, whose one price step is a large part, and that of the strike alone dear ones."""

_NO_BASIS: Final = np.int8(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LegPrices:
    """A price an option, all arrays of one shape.

    Attributes:
        price: NaN where there is none to trust.
        basis: numbers of PriceBasis, 0 where there is no price.
        reasons: numbers of MissingReason, 0 where there is a price.
    """

    price: FloatArray
    basis: CodeArray
    reasons: CodeArray


def quoted_prices(
    *,
    strikes: FloatArray,
    bid: FloatArray,
    ask: FloatArray,
    last: FloatArray,
    volume: FloatArray,
) -> LegPrices:
    """Take the middle of a two-sided quote; the last trade of today where nothing is quoted.

    A quote that is crossed, wide or has one side only says that something is wrong or that nobody
    would trade there: the last trade does not stand in for it.

    Args:
        strikes: that broadcast to the others.
        bid: best price to sell at, of any one shape; NaN or 0 is none.
        ask: best price to buy at, likewise.
        last: price of the last trade, likewise.
        volume: quantity traded today; 0 says that the last trade is of an earlier day.
    """
    # What is infinite is found to be impossible below.
    with np.errstate(over="ignore", invalid="ignore"):
        middle, spread = 0.5 * bid + 0.5 * ask, ask - bid
    wide = (spread > WIDE_OF_MIDDLE * middle) & (spread > WIDE_OF_STRIKE * strikes)
    if ((bid > 0.0) & (spread >= 0.0) & (ask < np.inf) & ~wide).all():
        # The common chain: nothing else needs to be looked at.
        return LegPrices(
            price=middle,
            basis=np.full(middle.shape, np.int8(PriceBasis.MID)),
            reasons=np.zeros(middle.shape, dtype=np.int8),
        )
    has_bid, has_ask = bid > 0.0, ask > 0.0
    two_sided = has_bid & has_ask
    traded = last_prices(last=last, volume=volume)
    reasons = np.where(has_bid | has_ask, np.int8(MissingReason.ONE_SIDED), traded.reasons)
    reasons[two_sided] = 0
    reasons[two_sided & wide] = MissingReason.WIDE
    reasons[two_sided & (spread < 0.0)] = MissingReason.CROSSED
    reasons[_impossible(bid) | _impossible(ask)] = MissingReason.INVALID_INPUT
    price = np.where(two_sided, middle, traded.price)
    basis = np.where(two_sided, np.int8(PriceBasis.MID), traded.basis)
    return _only_trusted(price, basis, reasons)


def last_prices(*, last: FloatArray, volume: FloatArray) -> LegPrices:
    """Take the last trade, if it is of today.

    Args:
        last: prices of any shape; NaN or 0 is none.
        volume: quantity traded today, of the same shape; NaN when the source does not say.
    """
    reasons = np.where(last > 0.0, _NO_BASIS, np.int8(MissingReason.NO_PRICE))
    reasons[(volume == 0.0) & (last > 0.0)] = MissingReason.STALE
    reasons[_impossible(last)] = MissingReason.INVALID_INPUT
    basis = np.full(last.shape, np.int8(PriceBasis.LAST))
    return _only_trusted(last, basis, reasons)


def _impossible(price: FloatArray) -> BoolArray:
    """Say where a price is none that a market can have; NaN is merely absent."""
    impossible: BoolArray = (price < 0.0) | (price == np.inf)
    return impossible


def _only_trusted(price: FloatArray, basis: CodeArray, reasons: CodeArray) -> LegPrices:
    trusted = reasons == 0
    return LegPrices(
        price=np.where(trusted, price, np.nan),
        basis=np.where(trusted, basis, _NO_BASIS),
        reasons=reasons,
    )
