"""What the options of one expiry are worth at one instant."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.synthetic.listings import Listing

_CALLS_AND_PUTS: Final[BoolArray] = np.array([[True], [False]])

_SHORTEST_HORIZON: Final = 14 / 365
"""Years; nearer to expiry, interest and trade do not gather around spot any more closely."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Valuation:
    """The worth of options.

    Attributes:
        implied: volatility, a fraction per square root of a year, shape (strikes,).
        values: in price steps, shape (2, strikes): the calls, the puts.
        deviations: distance of strikes from the forward, in standard deviations until expiry or
            for two weeks, whichever is longer, shape (strikes,).
    """

    implied: FloatArray
    values: FloatArray
    deviations: FloatArray


def value_options(*, listing: Listing, strikes: FloatArray, spot: float, years: float) -> Valuation:
    """Value the options of a product.

    Args:
        listing: the product.
        strikes: shape (strikes,).
        spot: price of the underlying.
        years: time to expiry, above 0.
    """
    forward = spot * np.exp((listing.interest_rate - listing.dividend_yield) * years)
    log_moneyness = np.log(strikes / forward)
    implied = listing.smile.implied_volatility(log_moneyness=log_moneyness, years=years)
    values = black76_price(
        calls=_CALLS_AND_PUTS,
        forward=forward,
        strikes=strikes,
        volatility=implied,
        years=years,
        rate=listing.interest_rate,
    )
    deviation = listing.smile.volatility * np.sqrt(max(years, _SHORTEST_HORIZON))
    return Valuation(
        implied=implied,
        values=values * listing.price_steps,
        deviations=log_moneyness / deviation,
    )
