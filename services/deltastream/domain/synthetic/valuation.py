"""What options are worth, of many expiries at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.synthetic.listings import Listing
from deltastream.domain.synthetic.quoting import two_sided
from deltastream.domain.synthetic.smile import smile_volatility

_CALLS_AND_PUTS: Final[BoolArray] = np.array([[True], [False]])

_SHORTEST_HORIZON: Final = 14 / 365
"""Years; nearer to expiry, interest and trade do not gather around spot any more closely."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """What the worth of the options of one expiry follows from.

    Attributes:
        listing: the product.
        strikes: shape (strikes,).
        spot: price of the underlying.
        years: time to expiry, above 0.
    """

    listing: Listing
    strikes: FloatArray
    spot: float
    years: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Valuation:
    """The worth of the options of one expiry.

    Attributes:
        implied: volatility, a fraction per square root of a year, shape (strikes,).
        values: in price steps, shape (2, strikes): the calls, the puts.
        bids, asks: quotes around the values, in whole price steps, shape (2, strikes).
        deviations: distance of strikes from the forward, in standard deviations until expiry or
            for two weeks, whichever is longer, shape (strikes,).
    """

    implied: FloatArray
    values: FloatArray
    bids: FloatArray
    asks: FloatArray
    deviations: FloatArray


def value_options(terms: Sequence[Terms]) -> list[Valuation]:
    """Value options under each of some terms, which all have the same number of strikes.

    So few numbers take less time than the calls that compute them: many terms at once cost hardly
    more than one.
    """
    # Shapes are (terms, calls and puts, strikes), with 1 for what is the same of all.
    strikes = np.array([one.strikes for one in terms])[:, None, :]
    spot, years, horizon, rate, dividend_yield, volatility, skew, curvature, price_steps = np.array(
        [_numbers_of(one) for one in terms]
    ).T[:, :, None, None]
    forward = spot * np.exp((rate - dividend_yield) * years)
    log_moneyness = np.log(strikes / forward)
    implied = smile_volatility(
        volatility=volatility,
        skew=skew,
        curvature=curvature,
        log_moneyness=log_moneyness,
        years=years,
    )
    values = price_steps * black76_price(
        calls=_CALLS_AND_PUTS,
        forward=forward,
        strikes=strikes,
        volatility=implied,
        years=years,
        rate=rate,
    )
    deviations = log_moneyness / (volatility * np.sqrt(horizon))
    bids, asks = two_sided(values)
    return [
        Valuation(
            implied=implied[at, 0],
            values=values[at],
            bids=bids[at],
            asks=asks[at],
            deviations=deviations[at, 0],
        )
        for at in range(len(terms))
    ]


def _numbers_of(terms: Terms) -> tuple[float, ...]:
    listing = terms.listing
    return (
        terms.spot,
        terms.years,
        max(terms.years, _SHORTEST_HORIZON),
        listing.interest_rate,
        listing.dividend_yield,
        listing.smile.volatility,
        listing.smile.skew,
        listing.smile.curvature,
        listing.price_steps,
    )
