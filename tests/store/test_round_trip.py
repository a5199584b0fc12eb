"""What is read is what was written, to the last bit."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC
from itertools import count
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tests.store.market_events import EVERYTHING, facts

from deltastream.domain.events import (
    LEG_COLUMNS,
    Candle,
    ChainMetrics,
    EnrichedChain,
    Legs,
    OptionChain,
    OptionQuote,
    PriceBasis,
    UnderlyingTick,
)
from deltastream.domain.instruments import OptionType, Product, QuantityUnit
from deltastream.domain.missing import MissingReason
from deltastream.ports.store import MarketStore, Written

# The store outlives an example, so each example is about a product of its own.
_names = count(1)
repeatedly = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

names = st.builds(lambda: f"P{next(_names)}")
figures = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**63 - 1)
moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(codec="utf-8"), max_size=20)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def stated(kind: Callable[..., Any], **values: st.SearchStrategy[Any]) -> Any:
    """Draw every field of a kind, the optional ones too."""
    assert set(values) == {column.name for column in fields(kind)}  # type: ignore[arg-type]
    return st.builds(kind, **values)


legs = arrays.arrays(
    np.float64,
    st.tuples(st.integers(0, 5), st.just(len(LEG_COLUMNS))),
    elements=st.floats(allow_infinity=False),
).map(Legs.from_table)
metrics = stated(
    ChainMetrics,
    total_call_oi=figures,
    total_put_oi=figures,
    total_call_volume=figures,
    total_put_volume=figures,
    pcr_oi=maybe(figures),
    pcr_volume=maybe(figures),
    atm_strike=maybe(figures),
    atm_straddle_price=maybe(figures),
    atm_straddle_basis=maybe(st.sampled_from(PriceBasis)),
    max_pain_ties=st.lists(figures, max_size=4).map(tuple),
    missing=st.dictionaries(texts, st.sampled_from(MissingReason), max_size=4),
)
chains = stated(
    EnrichedChain,
    chain=stated(
        OptionChain,
        product=names,
        expiry=st.dates(),
        spot_price=maybe(figures),
        timestamp=moments,
        calls=legs,
        puts=legs,
        expires_at=maybe(moments),
        sequence=counts,
        published_at=maybe(moments),
    ),
    metrics=metrics,
    processed_at=moments,
)
ticks = stated(
    UnderlyingTick,
    product=names,
    price=figures,
    timestamp=moments,
    sequence=counts,
    volume=maybe(figures),
    processed_at=maybe(moments),
)
quotes = stated(
    OptionQuote,
    symbol=names,
    product=texts,
    expiry=st.dates(),
    option_type=st.sampled_from(OptionType),
    strike=figures,
    timestamp=moments,
    sequence=counts,
    bid=maybe(figures),
    ask=maybe(figures),
    last=maybe(figures),
    volume=maybe(figures),
    open_interest=maybe(figures),
)
candles = stated(
    Candle,
    product=names,
    window_minutes=st.integers(1, 30),
    start=moments,
    open=figures,
    high=figures,
    low=figures,
    close=figures,
    tick_count=counts,
    volume=maybe(figures),
    mean=maybe(figures),
    variance=maybe(figures),
    final=st.booleans(),
    revision=counts,
    imputed=st.booleans(),
)
products = stated(
    Product,
    symbol=names,
    name=texts,
    exchange=texts,
    currency=texts,
    time_zone=texts,
    lot_size=maybe(figures),
    tick_size=maybe(figures),
    strike_step=maybe(figures),
    quantity_unit=st.sampled_from(QuantityUnit),
)
NEW = Written(stored=1, unchanged=0)


@repeatedly
@given(enriched=chains)
async def test_a_chain_is_read_as_it_was_written(
    store: MarketStore, enriched: EnrichedChain
) -> None:
    chain = enriched.chain
    assert await store.put_chains([enriched]) == NEW
    assert await store.expiries(chain.product) == [chain.expiry]
    for expiry in (None, chain.expiry):
        (read,) = await store.chains(chain.product, expiry, EVERYTHING, with_legs=True)
        assert facts(read) == facts(enriched)


@repeatedly
@given(tick=ticks)
async def test_a_tick_is_read_as_it_was_written(store: MarketStore, tick: UnderlyingTick) -> None:
    assert await store.put_ticks([tick]) == NEW
    assert await store.ticks(tick.product, EVERYTHING) == [tick]


@repeatedly
@given(quote=quotes)
async def test_a_quote_is_read_as_it_was_written(store: MarketStore, quote: OptionQuote) -> None:
    assert await store.put_quotes([quote]) == NEW
    assert await store.quotes(quote.symbol, EVERYTHING) == [quote]


@repeatedly
@given(candle=candles)
async def test_a_candle_is_read_as_it_was_written(store: MarketStore, candle: Candle) -> None:
    assert await store.put_candles([candle]) == NEW
    listed = await store.candles(candle.product, candle.window_minutes, EVERYTHING)
    assert listed == [candle]


@repeatedly
@given(product=products)
async def test_a_product_is_read_as_it_was_written(store: MarketStore, product: Product) -> None:
    assert await store.put_products([product]) == NEW
    assert product in await store.products()
