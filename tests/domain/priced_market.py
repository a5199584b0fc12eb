"""Chains whose volatilities are known, because they were priced with them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from tests.domain.chain_builders import legs

from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import Legs, OptionChain
from deltastream.domain.pricing.black76 import black76_price

FORWARD: Final = 24_650.0
RATE: Final = 0.06
YEARS: Final = 30.0 / 365.0
STRIKES: Final = np.arange(23_600.0, 25_701.0, 100.0)
EXPIRES_AT: Final = datetime(2026, 1, 27, 10, tzinfo=UTC)

Volatility = Callable[[FloatArray], FloatArray]


def skewed(strikes: FloatArray) -> FloatArray:
    """A smile like an index's: dearer below, bent."""
    moneyness = np.log(strikes / FORWARD)
    volatilities: FloatArray = 0.13 - 0.4 * moneyness + 2.0 * moneyness**2
    return volatilities


def priced_chain(
    *, volatility: Volatility = skewed, spread: float = 0.0, spot: float | None = 24_530.0
) -> OptionChain:
    """Quote every strike about its value under a smile, with parity and no rounding."""
    calls, puts = (
        black76_price(
            calls=is_call,
            forward=FORWARD,
            strikes=STRIKES,
            volatility=volatility(STRIKES),
            years=YEARS,
            rate=RATE,
        )
        for is_call in (True, False)
    )
    return OptionChain(
        product="NIFTY",
        expiry=date(2026, 1, 27),
        spot_price=spot,
        timestamp=EXPIRES_AT - timedelta(days=30),
        expires_at=EXPIRES_AT,
        calls=_quoted(calls, spread),
        puts=_quoted(puts, spread),
    )


def _quoted(values: FloatArray, spread: float) -> Legs:
    interest = [1_000.0 + 100.0 * (number % 7) for number in range(len(values))]
    return legs(
        STRIKES.tolist(),
        bid=values - spread / 2.0,
        ask=values + spread / 2.0,
        last=values,
        volume=50.0,
        open_interest=interest,
        price_change=1.0,
        change_in_open_interest=-2.0,
    )


def with_quote(side: Legs, at: int, **columns: float) -> Legs:
    """Change one option of a side."""
    changed = {}
    for name, number in columns.items():
        column = getattr(side, name).copy()
        column[at] = number
        changed[name] = column
    return replace(side, **changed)
