"""Runs: the events of a product in the order of their sequence."""

import asyncio

import pytest
from tests.store.market_events import FAR, NEAR, chain, facts, published_at, tick

from deltastream.ports.store import Kind, MarketStore

ALL = 2**63 - 1


async def tick_sequences(store: MarketStore, after: int, through: int, limit: int) -> list[int]:
    run = await store.read_ticks("NIFTY", after=after, through=through, limit=limit)
    return [each.sequence for each in run.events]


async def chain_sequences(store: MarketStore, after: int, through: int, limit: int) -> list[int]:
    run = await store.read_chains("NIFTY", after=after, through=through, limit=limit)
    return [each.chain.sequence for each in run.events]


async def test_ticks_come_in_the_order_of_their_sequence_whatever_their_time(
    store: MarketStore,
) -> None:
    await store.put_ticks([tick(3, seconds=1), tick(1, seconds=9), tick(2, seconds=5)])
    run = await store.read_ticks("NIFTY", after=0, through=ALL, limit=10)
    assert list(run.events) == [tick(1, seconds=9), tick(2, seconds=5), tick(3, seconds=1)]
    assert run.complete


async def test_chains_of_all_expiries_come_in_the_order_of_their_sequence_with_legs(
    store: MarketStore,
) -> None:
    chains = [
        chain(9, sequence=1, expiry=FAR),
        chain(5, sequence=2, expiry=NEAR),
        chain(7, sequence=3, expiry=FAR),
    ]
    await store.put_chains(chains[::-1])
    run = await store.read_chains("NIFTY", after=0, through=ALL, limit=10)
    assert [facts(each) for each in run.events] == [facts(each) for each in chains]
    assert run.complete


async def test_a_run_begins_after_and_goes_through(store: MarketStore) -> None:
    await store.put_ticks([tick(number) for number in range(1, 10)])
    await store.put_chains([chain(number, sequence=number) for number in range(1, 10)])
    for read in (tick_sequences, chain_sequences):
        assert await read(store, 3, 6, 10) == [4, 5, 6]
        assert await read(store, 3, 6, 2) == [4, 5]
        assert await read(store, 5, 6, 2) == [6]
        assert await read(store, 6, 6, 2) == []
        assert await read(store, 7, 6, 2) == []


async def test_a_run_is_of_one_product(store: MarketStore) -> None:
    await store.put_ticks([tick(1), tick(2, product="AAPL")])
    await store.put_chains([chain(1, sequence=1), chain(2, sequence=2, product="AAPL")])
    assert await tick_sequences(store, 0, ALL, 10) == [1]
    assert await chain_sequences(store, 0, ALL, 10) == [1]
    nothing = await store.read_ticks("X", after=0, through=ALL, limit=10)
    assert (list(nothing.events), nothing.complete) == ([], True)


async def test_bounds_beyond_all_sequences_are_bounds(store: MarketStore) -> None:
    await store.put_ticks([tick(ALL, seconds=0, price=1.0)])
    assert await tick_sequences(store, 0, 2**64 - 1, 10) == [ALL]
    assert await tick_sequences(store, 2**64 - 2, 2**64 - 1, 10) == []


async def test_a_run_of_nothing_is_refused(store: MarketStore) -> None:
    with pytest.raises(ValueError, match="at least 1 event, not 0"):
        await store.read_ticks("NIFTY", after=0, through=9, limit=0)
    with pytest.raises(ValueError, match="at least 1 event, not 0"):
        await store.read_chains("NIFTY", after=0, through=9, limit=0)


async def test_a_run_read_while_its_beginning_is_pruned_never_hides_the_gap(
    store: MarketStore,
) -> None:
    count = 120
    await store.put_ticks([tick(number) for number in range(1, count + 1)])

    async def prune_one_by_one() -> None:
        for number in range(1, count + 1):
            await store.prune(Kind.TICKS, before=published_at(number + 1), limit=1)

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        pruning = group.create_task(prune_one_by_one())
        seen = set()
        while not pruning.done():
            run = await store.read_ticks("NIFTY", after=0, through=ALL, limit=count)
            assert len(run.events) == count or not run.complete
            seen.add(len(run.events))
    assert len(seen) > 2, "pruning and reading went on together"
