"""Thinning: of chains that came before a moment, the last of each half day stays."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.example_counts import examples
from tests.store.market_events import (
    EPOCH,
    EVERYTHING,
    FAR,
    NEAR,
    chain,
    facts,
    published_at,
)

from deltastream.adapters.store.choose import open_store
from deltastream.domain.events import EnrichedChain
from deltastream.domain.half_days import HALF_DAY
from deltastream.ports.store import Kind, MarketStore

LATER = datetime(2100, 1, 1, tzinfo=UTC)
ALL = 2**63 - 1
MIDNIGHT = datetime(2026, 1, 23, tzinfo=UTC)
NOON = MIDNIGHT + HALF_DAY
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
_names = (f"P{number}" for number in count(1))
repeatedly = settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def chain_at(
    timestamp: datetime, sequence: int, *, product: str = "NIFTY", expiry: date = NEAR
) -> EnrichedChain:
    built = chain(0, sequence=sequence, product=product, expiry=expiry)
    return replace(built, chain=replace(built.chain, timestamp=timestamp))


async def left(store: MarketStore, product: str = "NIFTY") -> list[int]:
    """Return the sequences of what is there, in the order of the listing."""
    listed = await store.chains(product, None, EVERYTHING, with_legs=False)
    return [each.chain.sequence for each in listed]


async def thin_all(store: MarketStore, *, before: int, limit: int) -> list[int]:
    """Thin what has sequences below a number; return how many each part looked through."""
    parts: list[int] = []
    while not parts or parts[-1] == limit:
        assert len(parts) < 100, "thinning comes to an end"
        parts.append(await store.thin_chains(before=published_at(before), limit=limit))
    return parts


async def test_the_last_of_each_half_day_of_each_expiry_and_product_stays(
    store: MarketStore,
) -> None:
    await store.put_chains(
        [
            chain_at(MIDNIGHT + 4 * HOUR, 1),
            chain_at(MIDNIGHT + 5 * HOUR, 2),
            chain_at(MIDNIGHT + 5 * HOUR, 3, expiry=FAR),
            chain_at(MIDNIGHT + 6 * HOUR, 4, expiry=FAR),
            chain_at(MIDNIGHT + 13 * HOUR, 5),
            chain_at(MIDNIGHT + 14 * HOUR, 6),
            chain_at(MIDNIGHT + 7 * HOUR, 7, product="AAPL"),
            chain_at(MIDNIGHT + 8 * HOUR, 8, product="AAPL"),
        ]
    )
    assert await store.thin_chains(before=LATER, limit=9) == 8
    assert await left(store) == [6, 4, 2]
    assert await left(store, "AAPL") == [8]


async def test_half_days_begin_at_midnight_and_noon_utc_and_hold_their_first_instant(
    store: MarketStore,
) -> None:
    times = [MIDNIGHT - MOMENT, MIDNIGHT, NOON - MOMENT, NOON, MIDNIGHT + 2 * HALF_DAY]
    await store.put_chains([chain_at(time, number) for number, time in enumerate(times, 1)])
    await store.thin_chains(before=LATER, limit=9)
    assert await left(store) == [5, 4, 3, 1]


async def test_half_days_before_1970_are_no_longer_than_others(store: MarketStore) -> None:
    times = [EPOCH - HALF_DAY - MOMENT, EPOCH - HALF_DAY, EPOCH - MOMENT, EPOCH, EPOCH + HOUR]
    await store.put_chains([chain_at(time, number) for number, time in enumerate(times, 1)])
    await store.thin_chains(before=LATER, limit=9)
    assert await left(store) == [5, 3, 1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
async def test_the_last_is_that_of_the_latest_time_in_whatever_order_they_came(
    store: MarketStore, limit: int
) -> None:
    hours = [3, 11, 7, 1, 9, 5]
    await store.put_chains(
        [chain_at(MIDNIGHT + hour * HOUR, number) for number, hour in enumerate(hours, 1)]
    )
    assert sum(await thin_all(store, before=9, limit=limit)) == len(hours)
    assert await left(store) == [2]


async def test_one_that_is_too_young_to_go_is_later_than_those_that_are_not(
    store: MarketStore,
) -> None:
    await store.put_chains([chain_at(MIDNIGHT + number * HOUR, number) for number in range(1, 6)])
    assert await store.thin_chains(before=published_at(3), limit=9) == 2
    assert await left(store) == [5, 4, 3]


async def test_what_is_left_is_as_it_was_written(store: MarketStore) -> None:
    await store.put_chains([chain_at(NOON - HOUR, 1), chain_at(NOON - 2 * HOUR, 2)])
    await store.thin_chains(before=LATER, limit=9)
    (kept,) = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=True)
    assert facts(kept) == facts(chain_at(NOON - HOUR, 1))


async def test_nothing_is_looked_through_twice(store: MarketStore, store_url: str) -> None:
    await store.put_chains([chain_at(MIDNIGHT + day * HALF_DAY, day) for day in range(1, 6)])
    assert await thin_all(store, before=4, limit=2) == [2, 1]
    assert await thin_all(store, before=4, limit=2) == [0]
    assert await thin_all(store, before=2, limit=2) == [0]
    reopened = await open_store(store_url)
    again = await thin_all(reopened, before=6, limit=9)
    await reopened.close()
    assert again == [2]


async def test_a_part_goes_on_with_the_next_product(store: MarketStore) -> None:
    sequences = {"A": [4, 5], "B": [1, 2, 9], "C": [3]}
    await store.put_chains(
        [
            chain_at(MIDNIGHT + number * HOUR, number, product=product)
            for product, numbers in sequences.items()
            for number in numbers
        ]
    )
    assert await thin_all(store, before=6, limit=3) == [3, 2]
    assert [await left(store, product) for product in sequences] == [[5], [9], [3]]


async def test_a_run_that_begins_before_is_not_complete_any_more(store: MarketStore) -> None:
    await store.put_chains([chain_at(MIDNIGHT + number * HOUR, number) for number in range(1, 6)])
    await store.put_chains([chain_at(MIDNIGHT, 1, product="AAPL")])
    assert await store.thin_chains(before=published_at(4), limit=9) == 4
    runs = [
        await store.read_chains("NIFTY", after=after, through=ALL, limit=9) for after in range(5)
    ]
    assert [run.complete for run in runs] == [False, False, False, True, True]
    assert [each.chain.sequence for each in runs[0].events] == [4, 5]


async def test_an_expiry_of_which_only_closes_are_kept_is_of_the_past(store: MarketStore) -> None:
    await store.put_chains(
        [
            chain_at(MIDNIGHT, 1, expiry=NEAR),
            chain_at(MIDNIGHT + HOUR, 2, expiry=NEAR),
            chain_at(MIDNIGHT + HOUR, 3, expiry=FAR),
            chain_at(MIDNIGHT, 4, expiry=NEAR, product="AAPL"),
        ]
    )
    assert await store.expiries("NIFTY", past=True) == [NEAR, FAR]
    await store.thin_chains(before=published_at(2), limit=9)
    assert await store.expiries("NIFTY") == [NEAR, FAR]
    await store.thin_chains(before=published_at(3), limit=9)
    assert await store.expiries("NIFTY") == [FAR]
    assert await store.expiries("NIFTY", past=True) == [NEAR, FAR]
    assert await store.expiries("AAPL") == [NEAR]
    assert await store.expiries("X", past=True) == []

    await store.put_chains([chain_at(NOON, 9, expiry=NEAR)])
    assert await store.expiries("NIFTY") == [NEAR, FAR]


async def test_an_expiry_is_of_the_present_while_any_of_its_chains_is(store: MarketStore) -> None:
    # The one that has not been looked through is the oldest by its time, as in a replay.
    await store.put_chains([chain_at(NOON + 99 * HOUR, 1), chain_at(MIDNIGHT, 5)])
    await store.thin_chains(before=published_at(5), limit=9)
    assert await store.expiries("NIFTY") == [NEAR]
    await store.thin_chains(before=published_at(6), limit=9)
    assert await store.expiries("NIFTY") == []


async def test_closes_are_pruned_as_chains_are(store: MarketStore) -> None:
    await store.put_chains([chain_at(MIDNIGHT + day * HALF_DAY, day) for day in range(1, 4)])
    await store.put_chains([chain_at(MIDNIGHT + 3 * HALF_DAY, 9, expiry=FAR)])
    assert await store.thin_chains(before=published_at(9), limit=9) == 3
    assert await store.prune(Kind.CHAINS, before=published_at(3), limit=9) == 2
    run = await store.read_chains("NIFTY", after=2, through=ALL, limit=9)
    assert not run.complete, "pruning what is older takes nothing back of how far thinning came"
    assert await left(store) == [3, 9]
    assert await store.expiries("NIFTY") == [FAR]
    assert await store.expiries("NIFTY", past=True) == [NEAR, FAR]
    assert await store.prune(Kind.CHAINS, before=published_at(4), limit=9) == 1
    assert await store.expiries("NIFTY", past=True) == [FAR]


async def test_what_was_pruned_is_not_looked_for_again(store: MarketStore) -> None:
    await store.put_chains([chain_at(MIDNIGHT + number * HOUR, number) for number in range(1, 6)])
    assert await store.prune(Kind.CHAINS, before=published_at(3), limit=9) == 2
    assert await thin_all(store, before=9, limit=9) == [3]
    assert await left(store) == [5]


async def test_a_chain_that_replaces_another_is_looked_through_again(store: MarketStore) -> None:
    close, earlier = MIDNIGHT + 5 * HOUR, MIDNIGHT + 4 * HOUR
    await store.put_chains([chain_at(earlier, 1), chain_at(close, 2)])
    assert await thin_all(store, before=9, limit=9) == [2]
    # One in the place of the close, and one in the place of what was deleted.
    await store.put_chains([chain_at(close, 3), chain_at(earlier, 4)])
    assert await left(store) == [3, 4]
    assert await store.expiries("NIFTY") == [NEAR]
    assert await thin_all(store, before=9, limit=9) == [2]
    assert await left(store) == [3]


async def test_a_chain_that_came_too_late_stays_until_it_is_pruned(store: MarketStore) -> None:
    await store.put_chains([chain_at(MIDNIGHT + 5 * HOUR, 5)])
    assert await thin_all(store, before=9, limit=9) == [1]
    await store.put_chains([chain_at(MIDNIGHT + 4 * HOUR, 4)])
    assert await thin_all(store, before=9, limit=9) == [0]
    assert await left(store) == [5, 4]
    assert await store.expiries("NIFTY") == []
    assert await store.prune(Kind.CHAINS, before=published_at(9), limit=9) == 2


@pytest.mark.parametrize("limit", [0, -1])
async def test_looking_through_nothing_is_refused(store: MarketStore, limit: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1 chain, not {limit}"):
        await store.thin_chains(before=LATER, limit=limit)


async def test_a_run_read_while_its_chains_are_thinned_never_hides_the_gap(
    store: MarketStore,
) -> None:
    number = 24
    await store.put_chains([chain(each, sequence=each) for each in range(1, number + 1)])
    seen: set[int] = set()

    async def read() -> None:
        while not thinning.done():
            run = await store.read_chains("NIFTY", after=0, through=ALL, limit=number)
            assert len(run.events) == number or not run.complete
            seen.add(len(run.events))

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        thinning = group.create_task(thin_all(store, before=number, limit=1))
        for _ in range(3):
            group.create_task(read())
    assert len(seen) > 2, "thinning and reading went on together"
    assert await left(store) == [number]


async def test_several_may_thin_at_once(store: MarketStore) -> None:
    hours = range(1, 40)
    await store.put_chains([chain_at(MIDNIGHT + hour * HOUR, hour) for hour in hours])
    async with asyncio.timeout(30):
        await asyncio.gather(*(thin_all(store, before=99, limit=3) for _ in range(3)))
    assert await left(store) == [39, 35, 23, 11]


Place = tuple[str, date, int]
"""Product, expiry, and hours after MIDNIGHT."""


async def samples_of(store: MarketStore, products: Sequence[str]) -> list[list[int]]:
    """Return the sequences that are sampled of each product and expiry."""
    sampled = [
        await store.sampled_chains(product, expiry, HALF_DAY, EVERYTHING, with_legs=False)
        for product in products
        for expiry in (NEAR, FAR)
    ]
    return [[each.chain.sequence for each in chains] for chains in sampled]


def has_later(place: Place, others: Sequence[Place]) -> bool:
    """Say whether there is a later one of the same product, expiry and half day."""
    product, expiry, hour = place
    return any(
        other[:2] == (product, expiry) and other[2] // 12 == hour // 12 and other[2] > hour
        for other in others
    )


@repeatedly
@given(data=st.data())
async def test_what_is_sampled_by_half_days_is_the_same_before_and_after(
    store: MarketStore, data: st.DataObject
) -> None:
    # The store outlives an example.
    await store.prune(Kind.CHAINS, before=LATER, limit=100_000)
    products = [next(_names), next(_names)]
    places = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(products), st.sampled_from([NEAR, FAR]), st.integers(-30, 30)
            ),
            unique=True,
            max_size=24,
        )
    )
    limit = data.draw(st.integers(1, 10))
    there: dict[int, Place] = {}
    looked_through = 0
    cut = data.draw(st.integers(0, len(places)))
    # Those that came first are thinned, and then those that came after them too.
    for first, last in [(0, cut), (cut, len(places))]:
        new = dict(enumerate(places[first:last], first + 1))
        there |= new
        await store.put_chains(
            [
                chain_at(MIDNIGHT + hour * HOUR, number, product=product, expiry=expiry)
                for number, (product, expiry, hour) in new.items()
            ]
        )
        before = data.draw(st.integers(looked_through + 1, last + 1))
        sampled = await samples_of(store, products)
        parts = [await store.thin_chains(before=published_at(before), limit=limit)]
        assert await samples_of(store, products) == sampled
        if parts == [limit]:
            parts += await thin_all(store, before=before, limit=limit)
        assert await samples_of(store, products) == sampled
        assert sum(parts) == before - 1 - looked_through
        there = {
            number: place
            for number, place in there.items()
            if not looked_through < number < before or not has_later(place, list(there.values()))
        }
        looked_through = before - 1
        stored = {number for product in products for number in await left(store, product)}
        assert stored == set(there)
