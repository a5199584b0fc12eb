"""What a write changes: each row once, the newest holds, a batch whole."""

import asyncio
import random
from dataclasses import replace

import pytest
from tests.store.adapters import SQLITE_ALONE, skip_unless_replacing_is_atomic
from tests.store.market_events import EVERYTHING, FAR, NEAR, SYMBOL, at, chain, facts, quote, tick

from deltastream.adapters.store.choose import open_store
from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.ports.store import MarketStore, Written

NIFTY = Product(
    symbol="NIFTY", name="Nifty 50", exchange="XNSE", currency="INR", time_zone="Asia/Kolkata"
)


async def test_an_empty_batch_changes_nothing(store: MarketStore) -> None:
    assert await store.put_ticks([]) == Written(stored=0, unchanged=0)
    assert await store.put_chains([]) == Written(stored=0, unchanged=0)


async def test_the_same_ticks_again_are_unchanged(store: MarketStore) -> None:
    ticks = [tick(1), tick(2)]
    assert await store.put_ticks(ticks) == Written(stored=2, unchanged=0)
    assert await store.put_ticks([*ticks, tick(3)]) == Written(stored=1, unchanged=2)
    assert await store.ticks("NIFTY", EVERYTHING) == [tick(3), tick(2), tick(1)]


async def test_of_many_ticks_each_is_stored_once(store: MarketStore) -> None:
    ticks = [tick(number) for number in range(1, 121)]
    repeated = [*ticks[:70], *ticks[60:], *ticks[-1:]]
    assert await store.put_ticks(repeated) == Written(stored=120, unchanged=11)
    assert await store.put_ticks(repeated) == Written(stored=0, unchanged=131)
    assert await store.ticks("NIFTY", EVERYTHING) == ticks[::-1]


async def test_a_sequence_belongs_to_its_product(store: MarketStore) -> None:
    other = tick(1, product="BANKNIFTY")
    assert (await store.put_ticks([tick(1), other])).stored == 2
    assert await store.ticks("NIFTY", EVERYTHING) == [tick(1)]
    assert await store.ticks("BANKNIFTY", EVERYTHING) == [other]


async def test_the_same_chains_again_are_unchanged(store: MarketStore) -> None:
    chains = [chain(0, sequence=1), chain(0, sequence=2, expiry=FAR)]
    assert await store.put_chains(chains) == Written(stored=2, unchanged=0)
    assert await store.put_chains(chains) == Written(stored=0, unchanged=2)
    assert len(await store.chains("NIFTY", None, EVERYTHING, with_legs=True)) == 2


async def test_a_newer_chain_replaces_all_of_an_older_one(store: MarketStore) -> None:
    newer = replace(chain(0, sequence=5, spot_price=None), processed_at=at(9))
    await store.put_chains([chain(0, sequence=4)])
    assert await store.put_chains([newer]) == Written(stored=1, unchanged=0)
    (stored,) = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=True)
    assert facts(stored) == facts(newer)


@pytest.mark.parametrize("sequence", [4, 5])
async def test_a_chain_of_no_higher_sequence_changes_nothing(
    store: MarketStore, sequence: int
) -> None:
    first = chain(0, sequence=5)
    await store.put_chains([first])
    late = chain(0, sequence=sequence, spot_price=1.0)
    assert await store.put_chains([late]) == Written(stored=0, unchanged=1)
    (stored,) = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=True)
    assert facts(stored) == facts(first)


async def test_of_quotes_of_one_time_the_highest_sequence_holds(store: MarketStore) -> None:
    await store.put_quotes([quote(0, sequence=5)])
    older = quote(0, sequence=4, bid=1.0)
    newer = quote(0, sequence=6, bid=None, ask=103.0)
    assert await store.put_quotes([older]) == Written(stored=0, unchanged=1)
    assert await store.quotes(SYMBOL, EVERYTHING) == [quote(0, sequence=5)]
    assert await store.put_quotes([newer]) == Written(stored=1, unchanged=0)
    assert await store.quotes(SYMBOL, EVERYTHING) == [newer]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
async def test_a_batch_may_say_several_things_about_one_row(
    store: MarketStore, order: tuple[int, int, int]
) -> None:
    chains = [chain(0, sequence=sequence, spot_price=float(sequence)) for sequence in order]
    assert await store.put_chains(chains) == Written(stored=1, unchanged=2)
    (stored,) = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=True)
    assert stored.chain.spot_price == 3.0

    quotes = [quote(0, sequence=sequence, bid=float(sequence)) for sequence in order]
    assert await store.put_quotes(quotes) == Written(stored=1, unchanged=2)
    assert [each.bid for each in await store.quotes(SYMBOL, EVERYTHING)] == [3.0]

    ticks = [tick(7), tick(7), tick(7)]
    assert await store.put_ticks(ticks) == Written(stored=1, unchanged=2)


async def test_a_batch_reports_what_it_wrote_and_what_it_did_not(store: MarketStore) -> None:
    await store.put_chains([chain(0, sequence=10), chain(1, sequence=10)])
    batch = [
        chain(0, sequence=9),
        chain(1, sequence=11),
        chain(2, sequence=12),
        chain(2, sequence=13),
    ]
    assert await store.put_chains(batch) == Written(stored=2, unchanged=2)


async def test_a_later_description_replaces_an_earlier_one(store: MarketStore) -> None:
    described = replace(NIFTY, lot_size=65.0, quantity_unit=QuantityUnit.CONTRACTS)
    assert await store.put_products([NIFTY]) == Written(stored=1, unchanged=0)
    assert await store.put_products([described]) == Written(stored=1, unchanged=0)
    assert await store.put_products([described]) == Written(stored=0, unchanged=1)
    assert await store.products() == [described]
    assert await store.put_products([described, NIFTY]) == Written(stored=1, unchanged=1)
    assert await store.products() == [NIFTY]


async def test_stating_what_was_not_stated_is_a_new_description(store: MarketStore) -> None:
    await store.put_products([NIFTY])
    stated = replace(NIFTY, tick_size=0.05)
    assert await store.put_products([stated]) == Written(stored=1, unchanged=0)
    assert await store.products() == [stated]


async def test_stating_no_more_what_was_stated_is_a_new_description(store: MarketStore) -> None:
    await store.put_products([replace(NIFTY, tick_size=0.05)])
    assert await store.put_products([NIFTY]) == Written(stored=1, unchanged=0)
    assert await store.products() == [NIFTY]


async def test_products_are_listed_by_symbol(store: MarketStore) -> None:
    symbols = ["NIFTY", "AAPL", "BANKNIFTY", "M&M"]
    await store.put_products([replace(NIFTY, symbol=symbol) for symbol in symbols])
    assert [each.symbol for each in await store.products()] == sorted(symbols)


async def test_expiries_are_those_that_chains_have(store: MarketStore) -> None:
    assert await store.expiries("NIFTY") == []
    await store.put_chains([chain(0, sequence=1, expiry=FAR), chain(0, sequence=2, expiry=NEAR)])
    await store.put_chains([chain(1, sequence=3, expiry=FAR)])
    await store.put_chains([chain(1, sequence=3, expiry=FAR, product="AAPL")])
    assert await store.expiries("NIFTY") == [NEAR, FAR]
    assert await store.expiries("AAPL") == [FAR]


async def test_what_was_written_is_there_after_reopening(store_url: str) -> None:
    store = await open_store(store_url)
    await store.put_ticks([tick(1)])
    await store.put_chains([chain(0, sequence=2)])
    await store.close()

    reopened = await open_store(store_url)
    assert await reopened.ticks("NIFTY", EVERYTHING) == [tick(1)]
    (stored,) = await reopened.chains("NIFTY", None, EVERYTHING, with_legs=True)
    assert facts(stored) == facts(chain(0, sequence=2))
    assert await reopened.put_chains([chain(0, sequence=2)]) == Written(stored=0, unchanged=1)
    await reopened.close()


async def test_concurrent_writers_leave_the_newest_of_each_row(
    store: MarketStore, adapter: str
) -> None:
    skip_unless_replacing_is_atomic(adapter)
    sequences = list(range(1, 61))
    random.Random(1).shuffle(sequences)  # noqa: S311 - an order, no secret
    batches = [
        [chain(seconds, sequence=sequence) for seconds in range(5)] for sequence in sequences
    ]
    async with asyncio.timeout(30):
        written = await asyncio.gather(*(store.put_chains(batch) for batch in batches))
    stored = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=False)
    assert [each.chain.sequence for each in stored] == [60] * 5
    assert all(each.stored + each.unchanged == 5 for each in written)


async def test_a_row_is_stored_by_one_of_many_writers(store: MarketStore, store_url: str) -> None:
    second = await open_store(store_url)
    ticks = [tick(sequence) for sequence in range(100)]
    async with asyncio.timeout(30):
        written = await asyncio.gather(
            *(either.put_ticks(ticks) for either in (store, second) for _ in range(10))
        )
    await second.close()
    assert sum(each.stored for each in written) == 100
    assert sum(each.unchanged for each in written) == 1900


@SQLITE_ALONE
async def test_a_reader_sees_a_batch_whole_or_not_at_all(store: MarketStore) -> None:
    size, batches = 200, 20

    async def write() -> None:
        for first in range(0, size * batches, size):
            await store.put_ticks([tick(first + offset) for offset in range(size)])

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        writing = group.create_task(write())
        while not writing.done():
            assert len(await store.ticks("NIFTY", EVERYTHING)) % size == 0
    assert len(await store.ticks("NIFTY", EVERYTHING)) == size * batches
