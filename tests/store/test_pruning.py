"""Pruning: what came before a moment goes, in parts, and runs know it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.example_counts import examples
from tests.store.market_events import (
    EVERYTHING,
    FAR,
    NEAR,
    SYMBOL,
    candle,
    chain,
    published_at,
    quote,
    tick,
)

from deltastream.adapters.store.choose import open_store
from deltastream.domain.events import EnrichedChain, UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.ports.store import Kind, MarketStore, Run

LATER = datetime(2100, 1, 1, tzinfo=UTC)
ALL = 2**63 - 1
DAY = timedelta(days=1)
repeatedly = settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def present() -> datetime:
    return datetime.now(UTC)


async def clock_to_move_on() -> None:
    """Return when every store's clock shows another time; some tell milliseconds apart."""
    target = present() + timedelta(milliseconds=2)
    async with asyncio.timeout(10):
        while present() < target:  # noqa: ASYNC110 - a clock announces nothing
            await asyncio.sleep(0)


@dataclass(frozen=True, kw_only=True)
class Sequenced:
    """One of the kinds that are read as runs."""

    kind: Kind
    put: Callable[[MarketStore, str, list[int]], Any]
    read: Callable[..., Any]
    sequence_of: Callable[[Any], int]


async def put_ticks(store: MarketStore, product: str, sequences: list[int]) -> None:
    await store.put_ticks([tick(number, product=product) for number in sequences])


async def put_chains(store: MarketStore, product: str, sequences: list[int]) -> None:
    # The market's time runs against the order of arrival, as when a past day is replayed.
    await store.put_chains(
        [chain(-number, sequence=number, product=product) for number in sequences]
    )


async def read_ticks(store: MarketStore, product: str, **run: int) -> Run[UnderlyingTick]:
    return await store.read_ticks(product, **run)


async def read_chains(store: MarketStore, product: str, **run: int) -> Run[EnrichedChain]:
    return await store.read_chains(product, **run)


TICKS = Sequenced(
    kind=Kind.TICKS, put=put_ticks, read=read_ticks, sequence_of=lambda each: each.sequence
)
CHAINS = Sequenced(
    kind=Kind.CHAINS, put=put_chains, read=read_chains, sequence_of=lambda each: each.chain.sequence
)
SEQUENCED = pytest.mark.parametrize("kind", [TICKS, CHAINS], ids=["ticks", "chains"])

_names = count(1)
sequences = st.integers(1, 40)


@dataclass
class Remembered:
    """What should be there of a product, and the highest sequence that was ever pruned of it."""

    product: str = field(default_factory=lambda: f"P{next(_names)}")
    stored: set[int] = field(default_factory=set)
    pruned: int = 0


async def stored_of(store: MarketStore, kind: Sequenced, product: str) -> list[int]:
    run = await kind.read(store, product, after=0, through=ALL, limit=1000)
    return [kind.sequence_of(each) for each in run.events]


async def prune_and_check(
    store: MarketStore, kind: Sequenced, products: list[Remembered], *, before: int, limit: int
) -> None:
    old = sum(number < before for each in products for number in each.stored)
    deleted = await store.prune(kind.kind, before=published_at(before), limit=limit)
    assert deleted == min(old, limit)
    gone = 0
    for each in products:
        left = await stored_of(store, kind, each.product)
        lost = each.stored - set(left)
        assert all(number < before for number in lost), "nothing younger is deleted"
        assert max(lost, default=0) < min((n for n in left), default=before), "the lowest go first"
        each.stored -= lost
        each.pruned = max(each.pruned, *lost, 0)
        gone += len(lost)
    assert gone == deleted


@SEQUENCED
@repeatedly
@given(data=st.data())
async def test_pruning_takes_nothing_younger_and_a_run_says_so_exactly_when_it_took_of_it(
    store: MarketStore, kind: Sequenced, data: st.DataObject
) -> None:
    # The store outlives an example.
    await store.prune(kind.kind, before=LATER, limit=100_000)
    products = [Remembered(), Remembered()]
    for _ in range(data.draw(st.integers(1, 6))):
        one = data.draw(st.sampled_from(products))
        new = data.draw(st.lists(sequences, unique=True, max_size=12))
        await kind.put(store, one.product, new)
        one.stored |= set(new)
        if data.draw(st.booleans()):
            before, limit = data.draw(sequences), data.draw(st.integers(1, 15))
            await prune_and_check(store, kind, products, before=before, limit=limit)
        after, through = data.draw(st.integers(0, 40)), data.draw(sequences)
        for each in products:
            run = await kind.read(store, each.product, after=after, through=through, limit=100)
            expected = sorted(number for number in each.stored if after < number <= through)
            assert [kind.sequence_of(event) for event in run.events] == expected
            assert run.complete == (each.pruned <= after)


@SEQUENCED
async def test_pruning_is_remembered_after_reopening(
    store: MarketStore, store_url: str, kind: Sequenced
) -> None:
    await kind.put(store, "NIFTY", [1, 2, 3, 4])
    assert await store.prune(kind.kind, before=published_at(3), limit=10) == 2
    await store.prune(kind.kind, before=published_at(2), limit=10)
    reopened = await open_store(store_url)
    complete = [
        (await kind.read(reopened, "NIFTY", after=after, through=ALL, limit=9)).complete
        for after in (0, 1, 2, 3)
    ]
    await reopened.close()
    assert complete == [False, False, True, True]


@SEQUENCED
async def test_pruning_one_product_or_kind_leaves_the_runs_of_others_complete(
    store: MarketStore, kind: Sequenced
) -> None:
    for each in (TICKS, CHAINS):
        await each.put(store, "NIFTY", [1])
        await each.put(store, "AAPL", [5])
    assert await store.prune(kind.kind, before=published_at(2), limit=10) == 1
    for each in (TICKS, CHAINS):
        for product in ("NIFTY", "AAPL"):
            run = await each.read(store, product, after=0, through=ALL, limit=9)
            touched = each is kind and product == "NIFTY"
            assert (run.complete, len(run.events)) == (not touched, 0 if touched else 1)


async def test_what_is_not_old_enough_stays_to_the_microsecond(store: MarketStore) -> None:
    await store.put_ticks([tick(10)])
    assert await store.prune(Kind.TICKS, before=published_at(10), limit=9) == 0
    assert await store.prune(Kind.TICKS, before=published_at(11), limit=9) == 1


async def test_quotes_are_as_old_as_their_sequence_whatever_their_time(store: MarketStore) -> None:
    late = quote(1, sequence=30)
    await store.put_quotes([late, quote(2, sequence=10), quote(3, sequence=20)])
    assert await store.prune(Kind.QUOTES, before=published_at(30), limit=1) == 1
    assert await store.quotes(SYMBOL, EVERYTHING) == [quote(3, sequence=20), late]
    assert await store.prune(Kind.QUOTES, before=published_at(30), limit=9) == 1
    assert await store.quotes(SYMBOL, EVERYTHING) == [late]


async def test_a_quote_that_was_replaced_is_as_old_as_its_successor(store: MarketStore) -> None:
    await store.put_quotes([quote(1, sequence=10)])
    await store.put_quotes([quote(1, sequence=20)])
    assert await store.prune(Kind.QUOTES, before=published_at(20), limit=9) == 0


async def test_a_candle_is_as_old_as_its_last_writing_however_long_ago_it_began(
    store: MarketStore,
) -> None:
    last_year = [candle(60 * minute - 365 * DAY.total_seconds()) for minute in range(3)]
    await store.put_candles(last_year)
    assert await store.prune(Kind.CANDLES, before=present() - DAY, limit=9) == 0
    assert len(await store.candles("NIFTY", 1, EVERYTHING)) == 3
    assert await store.prune(Kind.CANDLES, before=present() + DAY, limit=2) == 2
    assert await store.prune(Kind.CANDLES, before=present() + DAY, limit=2) == 1
    assert await store.candles("NIFTY", 1, EVERYTHING) == []


async def test_only_a_candle_that_changes_becomes_younger(store: MarketStore) -> None:
    same, changing = candle(0, tick_count=3), candle(60, tick_count=3)
    await store.put_candles([same, changing])
    await clock_to_move_on()
    between = present()
    await clock_to_move_on()
    changed = candle(60, tick_count=4)
    await store.put_candles([same, changed])
    assert await store.prune(Kind.CANDLES, before=between, limit=9) == 1
    assert await store.candles("NIFTY", 1, EVERYTHING) == [changed]


async def test_an_expiry_without_chains_is_listed_no_more(store: MarketStore) -> None:
    await store.put_chains(
        [
            chain(1, sequence=1, expiry=NEAR),
            chain(2, sequence=2, expiry=FAR),
            chain(3, sequence=3, expiry=NEAR, product="AAPL"),
        ]
    )
    assert await store.prune(Kind.CHAINS, before=published_at(2), limit=9) == 1
    assert await store.expiries("NIFTY") == [FAR]
    assert await store.expiries("AAPL") == [NEAR]
    await store.put_chains([chain(1, sequence=9, expiry=NEAR)])
    assert await store.expiries("NIFTY") == [NEAR, FAR]


async def test_pruning_a_kind_leaves_the_others_and_products_stay(store: MarketStore) -> None:
    product = Product(
        symbol="NIFTY", name="Nifty 50", exchange="XNSE", currency="INR", time_zone="Asia/Kolkata"
    )
    await store.put_products([product])
    await store.put_ticks([tick(1)])
    await store.put_quotes([quote(1, sequence=1)])
    await store.put_chains([chain(1, sequence=1)])
    await store.put_candles([candle(0)])
    for kind in Kind:
        assert await store.prune(kind, before=LATER, limit=9) == 1
        assert await store.prune(kind, before=LATER, limit=9) == 0
    assert await store.products() == [product]


@pytest.mark.parametrize("kind", list(Kind))
async def test_pruning_of_nothing_is_refused(store: MarketStore, kind: Kind) -> None:
    with pytest.raises(ValueError, match="at least 1 row, not 0"):
        await store.prune(kind, before=LATER, limit=0)


async def test_what_is_put_again_after_pruning_is_there_and_pruned_again(
    store: MarketStore,
) -> None:
    await store.put_ticks([tick(1), tick(5)])
    await store.prune(Kind.TICKS, before=published_at(3), limit=9)
    assert (await store.put_ticks([tick(1)])).stored == 1
    run = await store.read_ticks("NIFTY", after=0, through=ALL, limit=9)
    assert [each.sequence for each in run.events] == [1, 5]
    assert not run.complete, "what else went with it is not known"
    assert await store.prune(Kind.TICKS, before=published_at(3), limit=9) == 1
