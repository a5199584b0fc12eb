"""A small chain with one of everything that a table must show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import LEG_COLUMNS, EnrichedChain, Legs, OptionChain
from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.domain.pricing_policy import PricingPolicy

PRODUCT = Product(
    symbol="NIFTY",
    name="NIFTY 50",
    exchange="XNSE",
    currency="INR",
    time_zone="Asia/Kolkata",
    quantity_unit=QuantityUnit.CONTRACTS,
)

_NAMES = (
    *("strikes", "bid", "ask", "last", "volume", "open_interest"),
    *("change_in_open_interest", "price_change", "quoted_iv"),
)
_NONE = np.nan
# The first strike lists no call and the last no put. The puts of 24,500 have no bid, those of
# 24,550 a bid above the ask; the calls of 24,700 were never traded or quoted.
_CALLS = (
    (24_500, 171.0, 172.0, 171.6, 50_210, 11_805, 4_682, 20.15, 0.1071),
    (24_550, 137.5, 138.5, 138.0, 150_998, 9_340, -120, 14.4, 0.1062),
    (24_600, 107.5, 108.5, 108.1, 1_334_701, 37_375, 13_354, -19.65, 0.1054),
    (24_650, 82.0, 83.0, 82.3, 980_112, 19_030, -1_266, -22.05, _NONE),
    (24_700, _NONE, _NONE, _NONE, 0, 47_188, 0, 0, _NONE),
    (24_750, 43.5, 44.5, 44.0, 310_000, 52_013, 9_001, -12.3, 0.1049),
)
_PUTS = (
    (24_450, 29.0, 30.0, 29.4, 88_000, 12_400, 3_100, -8.1, 0.1101),
    (24_500, _NONE, 41.5, 41.0, 91_000, 15_250, -900, -5.2, 0.1092),
    (24_550, 58.5, 57.5, 58.0, 76_421, 8_077, 250, 6.3, 0.1083),
    (24_600, 77.5, 78.5, 78.0, 1_432_331, 45_418, 14_556, 4.4, 0.1097),
    (24_650, 102.0, 103.0, 102.2, 640_500, 18_760, -410, 9.9, _NONE),
    (24_700, 130.5, 131.5, 131.3, 210_444, 9_120, 77, _NONE, 0.1088),
)


def _legs(rows: Sequence[Sequence[float]]) -> Legs:
    columns: Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {
        name: np.array([row[index] for row in rows], dtype=float)
        for index, name in enumerate(_NAMES)
    }
    absent = np.full(len(rows), np.nan)
    return Legs(**{name: columns.get(name, absent) for name in LEG_COLUMNS})


SMALL_CHAIN = OptionChain(
    product="NIFTY",
    expiry=date(2026, 1, 27),
    spot_price=24_612.35,
    timestamp=datetime(2026, 1, 20, 8, 29, 23, tzinfo=UTC),
    expires_at=datetime(2026, 1, 27, 10, tzinfo=UTC),
    calls=_legs(_CALLS),
    puts=_legs(_PUTS),
    sequence=1,
)


def enriched(chain: OptionChain = SMALL_CHAIN) -> EnrichedChain:
    """Return a chain and what it means."""
    analysis = analyse(chain, PricingPolicy().terms(PRODUCT))
    return EnrichedChain(
        chain=chain,
        call_figures=analysis.call_figures,
        put_figures=analysis.put_figures,
        metrics=analysis.metrics,
        processed_at=chain.timestamp,
    )


def without(chain: OptionChain, *columns: str) -> OptionChain:
    """Return a chain whose source does not state some columns."""
    absent = {name: np.full(len(chain.calls), np.nan) for name in columns}
    return replace(chain, calls=replace(chain.calls, **absent), puts=replace(chain.puts, **absent))
