"""How long it takes to say everything that a chain means, on one thread."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import numpy as np
from benchmarks.report import Figure, median

from deltastream.domain.arrays import FloatArray
from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import LEG_COLUMNS, Legs, OptionChain
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.pricing_terms import PricingTerms

_LIMITS: Final = {21: 0.6, 200: 1.5, 401: 2.5, 801: math.inf, 1601: math.inf}
"""Milliseconds allowed by the number of strikes; the last ones show the growth."""

_FORWARD: Final = 24_650.0
_EXPIRES_AT: Final = datetime(2026, 1, 27, 10, tzinfo=UTC)
_DAYS: Final = 30
TERMS: Final = PricingTerms(rate=0.06, contract_size=75.0)
_REPETITIONS: Final = 200


def chain_figures() -> list[Figure]:
    """Analyse chains of more and more strikes: volatilities, all Greeks, all metrics."""
    return [
        Figure(
            name=f"chain: fully enriched, {strikes} strikes",
            value=1e3 * _seconds(partial(analyse, quoted_chain(strikes), TERMS)),
            unit="ms",
            wanted=f"at most {limit}" if math.isfinite(limit) else "",
        )
        for strikes, limit in _LIMITS.items()
    ]


def quoted_chain(strikes: int) -> OptionChain:
    """Quote a skewed smile, two-sided at every strike."""
    reach = min(0.4, 0.002 * strikes)
    ladder = np.linspace(_FORWARD * (1.0 - reach), _FORWARD * (1.0 + reach), strikes)
    return OptionChain(
        product="NIFTY",
        expiry=_EXPIRES_AT.date(),
        spot_price=24_530.0,
        timestamp=_EXPIRES_AT - timedelta(days=_DAYS),
        expires_at=_EXPIRES_AT,
        calls=_legs(ladder, calls=True),
        puts=_legs(ladder, calls=False),
    )


def _legs(strikes: FloatArray, *, calls: bool) -> Legs:
    volatility = 0.13 - 0.1 * np.log(strikes / _FORWARD)
    value = black76_price(
        calls=calls,
        forward=_FORWARD,
        strikes=strikes,
        volatility=volatility,
        years=_DAYS / 365.0,
        rate=TERMS.rate,
    )
    random = np.random.default_rng(1)
    columns = {name: random.uniform(1.0, 1000.0, len(strikes)) for name in LEG_COLUMNS}
    spread = 0.01 * value
    quotes = {"strikes": strikes, "bid": value - spread, "ask": value + spread, "last": value}
    return Legs(**columns | quotes)


def _seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_REPETITIONS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return median(times)
