"""A market of which something is stored of everything that tables show, and some things are not."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import exp
from typing import Final

import numpy as np
from tests.analytics.analytics_mesh import NIFTY
from tests.domain.chain_builders import legs

from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import Candle, EnrichedChain, Legs, OptionChain, UnderlyingTick
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.ports.store import MarketStore

BEGIN: Final = datetime(2026, 1, 20, 9, 0, 0, 125_000, tzinfo=UTC)
TIMES: Final = tuple(BEGIN + timedelta(minutes=minute) for minute in range(3))
OVER: Final = date(2026, 1, 13)
NEAR: Final = date(2026, 1, 27)
FAR: Final = date(2026, 2, 24)
STRIKES: Final = tuple(float(strike) for strike in range(90, 111, 2))
UNSTATED: Final = 90.0
"""A strike of whose call the source states nothing but that it is listed."""
PUT_ONLY: Final = 89.0
"""A strike of which only the put is listed."""
UNTRADED: Final = 92.0
"""A strike that has not traded today: its volume is 0, and that is a figure."""

_LATER: Final = timedelta(seconds=5)
_SPOT: Final = 100.0
_RATE: Final = 0.05


async def store_market(store: MarketStore) -> None:
    """Store it."""
    await store.put_products([NIFTY])
    await store.put_chains([_chain(BEGIN - timedelta(days=8), OVER, number=1)])
    # The newest chain of all is one of an expiry that is not the nearest.
    numbered = [each for at in TIMES for each in ((NEAR, at), (FAR, at + _LATER))]
    await store.put_chains(
        [_chain(at, expiry, number=2 + number) for number, (expiry, at) in enumerate(numbered)]
    )
    await store.put_ticks([_tick(number) for number in range(5)])
    await store.put_candles([_candle(number) for number in range(3)])


def _chain(at: datetime, expiry: date, *, number: int) -> EnrichedChain:
    raw = OptionChain(
        product="NIFTY",
        expiry=expiry,
        spot_price=_SPOT + number / 100,
        timestamp=at,
        sequence=number,
        expires_at=datetime(expiry.year, expiry.month, expiry.day, 10, tzinfo=UTC),
        calls=_legs(STRIKES, at, expiry, calls=True, number=number),
        puts=_legs((PUT_ONLY, *STRIKES), at, expiry, calls=False, number=number),
    )
    analysis = analyse(raw, PricingTerms(rate=_RATE, contract_size=75.0))
    return EnrichedChain(
        chain=raw,
        call_figures=analysis.call_figures,
        put_figures=analysis.put_figures,
        metrics=analysis.metrics,
        processed_at=at,
    )


def _legs(
    strikes: Sequence[float], at: datetime, expiry: date, *, calls: bool, number: int
) -> Legs:
    years = (expiry - at.date()).days / 365.0
    prices = black76_price(
        calls=calls,
        forward=_SPOT * exp(_RATE * years),
        strikes=np.array(strikes),
        volatility=0.2 + 0.0004 * (np.array(strikes) - _SPOT) ** 2,
        years=years,
        rate=_RATE,
    )
    interest = np.array([100.0 + 10 * place + number for place in range(len(strikes))])
    made = legs(
        strikes,
        bid=0.999 * prices,
        ask=1.001 * prices,
        last=prices,
        volume=np.where(np.array(strikes) == UNTRADED, 0.0, interest * 3),
        open_interest=interest,
        change_in_open_interest=np.array([(-1.0) ** place * 7 for place in range(len(strikes))]),
        price_change=np.array([0.25 - 0.1 * (place % 4) for place in range(len(strikes))]),
    )
    return _without(made, UNSTATED) if calls else made


def _without(made: Legs, strike: float) -> Legs:
    """Return legs of which one states nothing but its strike."""
    table = made.table()
    table[made.strikes == strike, 1:] = np.nan
    return Legs.from_table(table)


def _tick(number: int) -> UnderlyingTick:
    return UnderlyingTick(
        product="NIFTY",
        price=_SPOT + number / 4,
        timestamp=BEGIN + timedelta(seconds=number),
        sequence=100 + number,
        volume=None if number % 2 else 10.0 * number,
    )


def _candle(number: int) -> Candle:
    return Candle(
        product="NIFTY",
        window_minutes=5,
        start=datetime(2026, 1, 20, 9, 5 * number, tzinfo=UTC),
        open=100.0,
        high=101.5,
        low=99.25,
        close=100.5 + number,
        tick_count=60 + number,
        final=True,
    )
