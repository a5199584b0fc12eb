"""Legs as single quotes."""

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np

from deltastream.domain.events import Legs, OptionQuote
from deltastream.domain.instruments import OptionType


def quotes_of(
    legs: Legs,
    *,
    symbols: Sequence[str],
    product: str,
    expiry: date,
    option_type: OptionType,
    timestamp: datetime,
) -> list[OptionQuote]:
    """Return one quote a leg, by strike.

    Args:
        legs: with every price and quantity stated.
        symbols: the instrument id of each leg.
        product: the symbol of the underlying.
        expiry: of all legs.
        option_type: of all legs.
        timestamp: of all quotes, UTC.
    """
    prices = np.column_stack([legs.strikes, legs.bid, legs.ask, legs.last]).tolist()
    quantities = np.column_stack([legs.volume, legs.open_interest]).tolist()
    return [
        OptionQuote(
            symbol=symbol,
            product=product,
            expiry=expiry,
            option_type=option_type,
            strike=strike,
            timestamp=timestamp,
            bid=bid,
            ask=ask,
            last=last,
            volume=volume,
            open_interest=open_interest,
        )
        for symbol, (strike, bid, ask, last), (volume, open_interest) in zip(
            symbols, prices, quantities, strict=True
        )
    ]
