"""Sampled chains: the newest of each interval."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.market_events import EVERYTHING, FAR, NEAR, at, chain, facts
from tests.store.paging import after_chain, all_rows, pages

from deltastream.domain.events import EnrichedChain
from deltastream.ports.store import MarketStore, Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# The store outlives an example, so each example is about a product of its own.
_names = (f"P{number}" for number in count(1))


def chain_at(timestamp: datetime, *, product: str = "NIFTY", expiry: date = NEAR) -> EnrichedChain:
    built = chain(0, sequence=1, product=product, expiry=expiry)
    return replace(built, chain=replace(built.chain, timestamp=timestamp))


def times_of(chains: Iterable[EnrichedChain]) -> list[datetime]:
    return [each.chain.timestamp for each in chains]


def seconds_of(chains: Iterable[EnrichedChain]) -> list[float]:
    return [(time - at(0)).total_seconds() for time in times_of(chains)]


def newest_of_each(
    times: Iterable[datetime],
    interval: timedelta,
    start: datetime | None,
    end: datetime | None,
) -> list[datetime]:
    """Sample as one would by hand: cut to the window, group, take the newest."""
    inside = sorted(
        time for time in times if (not start or start <= time) and (not end or time < end)
    )
    return list({(time - EPOCH) // interval: time for time in inside}.values())[::-1]


UNITS = [timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=7)]
BASES = [EPOCH, datetime(2026, 1, 23, 9, 14, 58, 3, tzinfo=UTC)]


@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
async def test_samples_are_the_newest_of_each_group(
    store: MarketStore, data: st.DataObject
) -> None:
    unit, base = data.draw(st.sampled_from(UNITS)), data.draw(st.sampled_from(BASES))
    moments = st.integers(-60, 60).map(lambda number: base + number * unit)
    times = data.draw(st.lists(moments, unique=True, max_size=25))
    interval = data.draw(st.integers(1, 50)) * unit
    start, end = data.draw(st.none() | moments), data.draw(st.none() | moments)
    window = Window(limit=data.draw(st.integers(1, 8)), start=start, end=end)
    product = next(_names)
    await store.put_chains([chain_at(time, product=product) for time in times])

    with_legs = data.draw(st.booleans())
    read = partial(store.sampled_chains, product, NEAR, interval, with_legs=with_legs)
    expected = newest_of_each(times, interval, start, end)
    assert times_of(await read(window=window)) == expected[: window.limit]
    paged = await all_rows(lambda part: read(window=part), window, after_chain)
    assert times_of(paged) == expected


async def test_intervals_begin_at_midnight_utc_and_hold_their_first_instant(
    store: MarketStore,
) -> None:
    midnight = datetime(2026, 1, 23, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    before, first, last = midnight - moment, midnight, midnight + timedelta(days=1) - moment
    await store.put_chains([chain_at(time) for time in (before, first)])
    day = partial(store.sampled_chains, "NIFTY", NEAR, timedelta(days=1), with_legs=False)
    assert times_of(await day(EVERYTHING)) == [first, before]
    await store.put_chains([chain_at(last)])
    assert times_of(await day(EVERYTHING)) == [last, before]


async def test_a_sample_is_the_chain_as_it_was_written(store: MarketStore) -> None:
    await store.put_chains([chain(seconds, sequence=seconds + 1) for seconds in (3, 59, 60)])
    full = await store.sampled_chains("NIFTY", NEAR, MINUTE, EVERYTHING, with_legs=True)
    expected = [chain(60, sequence=61), chain(59, sequence=60)]
    assert [facts(each) for each in full] == [facts(each) for each in expected]
    summaries = await store.sampled_chains("NIFTY", NEAR, MINUTE, EVERYTHING, with_legs=False)
    listed = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=False)
    assert [facts(each) for each in summaries] == [facts(each) for each in listed[:2]]


async def test_samples_are_of_one_product_and_expiry(store: MarketStore) -> None:
    await store.put_chains(
        [
            chain(10, sequence=1),
            chain(20, sequence=2, expiry=FAR),
            chain(30, sequence=3, product="AAPL"),
        ]
    )
    sampled = await store.sampled_chains("NIFTY", NEAR, MINUTE, EVERYTHING, with_legs=False)
    assert seconds_of(sampled) == [10]
    assert await store.sampled_chains("X", NEAR, MINUTE, EVERYTHING, with_legs=False) == []


async def test_a_window_that_cuts_an_interval_shows_the_newest_inside(store: MarketStore) -> None:
    await store.put_chains([chain(seconds, sequence=1) for seconds in range(0, 180, 10)])
    window = Window(limit=9, start=at(35), end=at(155))
    sampled = await store.sampled_chains("NIFTY", NEAR, MINUTE, window, with_legs=False)
    assert seconds_of(sampled) == [150, 110, 50]
    window = Window(limit=9, start=at(55), end=at(155))
    sampled = await store.sampled_chains("NIFTY", NEAR, MINUTE, window, with_legs=False)
    assert seconds_of(sampled) == [150, 110]


async def test_chains_that_are_added_give_no_interval_twice(store: MarketStore) -> None:
    await store.put_chains([chain(seconds, sequence=1) for seconds in (5, 65, 125)])
    read = partial(store.sampled_chains, "NIFTY", NEAR, MINUTE, with_legs=False)
    seen: list[float] = []
    async for page in pages(lambda part: read(window=part), Window(limit=1), after_chain):
        seen += seconds_of(page)
        # One newer and one older in the interval that has just been listed.
        await store.put_chains([chain(seen[-1] + shift, sequence=2) for shift in (3, -3)])
    assert seen == [125, 65, 5]


async def test_a_cursor_outside_the_window_widens_it_not(store: MarketStore) -> None:
    await store.put_chains([chain(seconds, sequence=1) for seconds in range(0, 300, 30)])
    beyond = after_chain(chain(290, sequence=1))
    window = Window(limit=9, start=at(60), end=at(120), after=beyond)
    sampled = await store.sampled_chains("NIFTY", NEAR, MINUTE, window, with_legs=False)
    assert seconds_of(sampled) == [90]


@pytest.mark.parametrize("interval", [timedelta(0), timedelta(seconds=-1)])
async def test_an_interval_of_nothing_is_refused(store: MarketStore, interval: timedelta) -> None:
    with pytest.raises(ValueError, match="an interval is positive"):
        await store.sampled_chains("NIFTY", NEAR, interval, EVERYTHING, with_legs=False)


async def test_a_page_of_no_samples_is_refused(store: MarketStore) -> None:
    with pytest.raises(ValueError, match="at least 1 row, not 0"):
        await store.sampled_chains("NIFTY", NEAR, MINUTE, Window(limit=0), with_legs=False)
