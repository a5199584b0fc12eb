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
from tests.fixtures.example_counts import examples
from tests.store.adapters import as_kept
from tests.store.market_events import EVERYTHING, facts

from deltastream.domain.events import (
    LEG_COLUMNS,
    Candle,
    EnrichedChain,
    Legs,
    OptionChain,
    OptionQuote,
    UnderlyingTick,
)
from deltastream.domain.figures import (
    FIGURE_CODES,
    FIGURE_COLUMNS,
    METRIC_ENUMS,
    METRIC_NUMBERS,
    ChainMetrics,
    LegFigures,
)
from deltastream.domain.instruments import OptionType, Product, QuantityUnit
from deltastream.domain.missing import MissingReason
from deltastream.ports.store import MarketStore, Written

# The store outlives an example, so each example is about a product of its own.
_names = count(1)
repeatedly = settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

names = st.builds(lambda: f"P{next(_names)}")
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**63 - 1)
moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(codec="utf-8"), max_size=20)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def stated(kind: Callable[..., Any], **values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw every field of a kind, the optional ones too."""
    assert set(values) == {column.name for column in fields(kind)}  # type: ignore[arg-type]
    return st.builds(kind, **values)


def legs_of(count: int) -> st.SearchStrategy[Legs]:
    table = arrays.arrays(
        np.float64, (count, len(LEG_COLUMNS)), elements=st.floats(allow_infinity=False)
    )
    return table.map(Legs.from_table)


def figures_of(count: int) -> st.SearchStrategy[LegFigures]:
    column = arrays.arrays(np.float64, count, elements=st.floats())
    codes = arrays.arrays(np.int8, count)
    return stated(
        LegFigures,
        **dict.fromkeys(FIGURE_COLUMNS, column),
        **dict.fromkeys(FIGURE_CODES, codes),
    )


TOTALS = ("total_call_oi", "total_put_oi", "total_call_volume", "total_put_volume")
metrics = stated(
    ChainMetrics,
    **{name: numbers if name in TOTALS else maybe(numbers) for name in METRIC_NUMBERS},
    **{name: maybe(st.sampled_from(members)) for name, members in METRIC_ENUMS.items()},
    max_pain_ties=st.lists(numbers, max_size=4).map(tuple),
    missing=st.dictionaries(texts, st.sampled_from(MissingReason), max_size=4),
)


def chains_of(calls: int, puts: int) -> st.SearchStrategy[EnrichedChain]:
    return stated(
        EnrichedChain,
        chain=stated(
            OptionChain,
            product=names,
            expiry=st.dates(),
            spot_price=maybe(numbers),
            timestamp=moments,
            calls=legs_of(calls),
            puts=legs_of(puts),
            expires_at=maybe(moments),
            sequence=counts,
            published_at=maybe(moments),
        ),
        call_figures=figures_of(calls),
        put_figures=figures_of(puts),
        metrics=metrics,
        processed_at=moments,
    )


listed = st.integers(0, 5)
chains = st.tuples(listed, listed).flatmap(lambda counts: chains_of(*counts))
ticks = stated(
    UnderlyingTick,
    product=names,
    price=numbers,
    timestamp=moments,
    sequence=counts,
    volume=maybe(numbers),
    processed_at=maybe(moments),
)
quotes = stated(
    OptionQuote,
    symbol=names,
    product=texts,
    expiry=st.dates(),
    option_type=st.sampled_from(OptionType),
    strike=numbers,
    timestamp=moments,
    sequence=counts,
    bid=maybe(numbers),
    ask=maybe(numbers),
    last=maybe(numbers),
    volume=maybe(numbers),
    open_interest=maybe(numbers),
)
candles = stated(
    Candle,
    product=names,
    window_minutes=st.integers(1, 30),
    start=moments,
    open=numbers,
    high=numbers,
    low=numbers,
    close=numbers,
    tick_count=counts,
    volume=maybe(numbers),
    mean=maybe(numbers),
    variance=maybe(numbers),
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
    lot_size=maybe(numbers),
    tick_size=maybe(numbers),
    strike_step=maybe(numbers),
    quantity_unit=st.sampled_from(QuantityUnit),
)
NEW = Written(stored=1, unchanged=0)


@repeatedly
@given(enriched=chains)
async def test_a_chain_is_read_as_it_was_written(
    store: MarketStore, adapter: str, enriched: EnrichedChain
) -> None:
    enriched = as_kept(adapter, enriched)
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
