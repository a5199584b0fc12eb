"""Candles are the same whatever dies or fails in between, and nobody is told otherwise."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.domain.candles.tick_columns import assert_same_candle
from tests.enrichment.bench import NIFTY, Bench, working
from tests.enrichment.candle_bench import (
    RAW_TICKS,
    counts,
    entry,
    newest_told,
    publish,
    recorded,
    stored,
    tick,
    told,
)
from tests.enrichment.faulty import faulty_bus, faulty_storage, with_bus, with_storage
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.candles.book import CandleBook
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.events import Candle, UnderlyingTick
from deltastream.enrichment.tick_columns import columns_of
from deltastream.ports.bus import Entry
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.ticks import encode_tick

HOUR = 3600.0


def trading(seconds: float) -> list[UnderlyingTick]:
    """Return a tick each three seconds, every fifth of them half a minute late."""
    return [
        tick(30 + 3 * number - (30 if number % 5 == 4 else 0), sequence=number + 1)
        for number in range(int(seconds / 3))
    ]


def uninterrupted(ticks: list[UnderlyingTick]) -> list[Candle]:
    """Return what the candles of some ticks come to when nothing happens to their maker."""
    book = CandleBook(product="NIFTY", policy=LatenessPolicy())
    changed = book.apply(columns_of(list(map(encode_tick, ticks))), now=0.0)
    changed += book.pass_time(now=HOUR)
    newest = {(candle.window_minutes, candle.start): candle for candle in changed}
    return [candle for _, candle in sorted(newest.items())]


async def settled(bench: Bench) -> list[Candle]:
    """Let all windows end, and return the stored candles."""

    async def later() -> list[Candle]:
        # Again and again: silence counts from when the worker was ready.
        bench.clock.seconds += HOUR
        return await stored(bench)

    return await eventually(later, lambda found: bool(found) and all(c.final for c in found))


async def assert_as_if_uninterrupted(bench: Bench, ticks: list[UnderlyingTick]) -> None:
    found, expected = await settled(bench), uninterrupted(ticks)
    for candle, other in zip(found, expected, strict=True):
        assert_same_candle(candle, other)
    for candle, other in zip(await newest_told(bench), expected, strict=True):
        assert_same_candle(candle, other)


async def test_a_restart_in_the_middle_of_a_window_changes_nothing(bench: Bench) -> None:
    ticks = trading(720)
    for begin in range(0, len(ticks), 50):
        await bench.bus.publish([entry(each) for each in ticks[begin : begin + 50]])
        async with working(bench):
            await recorded(bench)
    async with working(bench):
        await assert_as_if_uninterrupted(bench, ticks)


async def test_what_was_stored_and_not_committed_is_not_counted_twice(bench: Bench) -> None:
    ticks = trading(300)
    await bench.bus.publish([entry(each) for each in ticks[:60]])
    bus = faulty_bus(bench, "commit")
    async with working(with_bus(bench, bus)):
        await eventually(bus.has_failed, bool)
    assert await bench.unfinished(RAW_TICKS)
    before = await told(bench)

    async with working(bench):
        await recorded(bench)
        assert await told(bench) == before
        await bench.bus.publish([entry(each) for each in ticks[60:]])
        await recorded(bench)
        await assert_as_if_uninterrupted(bench, ticks)


async def test_no_tick_is_committed_before_its_candles_are_stored(bench: Bench) -> None:
    storage = faulty_storage(bench, "PutCandles")
    await publish(bench, 10)
    async with working(with_storage(bench, storage), most_waiting=1):
        await eventually(storage.has_failed, lambda failures: failures > 1)
        assert await bench.unfinished(RAW_TICKS) == [10_001]
        storage.failing = ""
        assert counts(await recorded(bench), 1) == [(0, 1, False, 0)]


async def test_what_was_told_and_not_stored_is_stored_as_it_was_told(bench: Bench) -> None:
    storage = faulty_storage(bench, "Put")
    await publish(bench, 10, 70)
    async with working(with_storage(bench, storage)):
        await eventually(lambda: told(bench), bool)
        # Silence settles the second minute; a late tick revises the first.
        bench.clock.seconds += 60
        await eventually(lambda: told(bench), lambda found: len(found) == 2)
        await bench.bus.publish([entry(tick(20, sequence=80_000))])
        await eventually(lambda: told(bench), lambda found: len(found) == 3)
    assert await stored(bench) == []
    before, newest = await told(bench), await newest_told(bench)
    assert counts(newest, 1) == [(0, 2, True, 1), (1, 1, True, 0)]

    async with working(bench):
        assert await recorded(bench) == newest
        assert await told(bench) == before
        await bench.bus.publish([entry(tick(71, sequence=80_001))])
        assert counts(await recorded(bench), 1) == [(0, 2, True, 1), (1, 2, True, 1)]


@pytest.mark.parametrize("heard", [False, True], ids=["refused", "answer lost"])
async def test_a_bus_that_fails_while_candles_are_told_is_told_once(
    bench: Bench, *, heard: bool
) -> None:
    bus = faulty_bus(bench, "publish", heard=heard)
    await publish(bench, 10, 70)
    async with working(with_bus(bench, bus)):
        await eventually(bus.has_failed, lambda failures: failures > 1)
        bus.failing = ""
        candles = await recorded(bench)
    assert counts(candles, 1) == [(0, 1, True, 0), (1, 1, False, 0)]
    ((sequence, news),) = await told(bench)
    assert sequence == 70_001
    assert sorted(news, key=lambda c: (c.window_minutes, c.start)) == candles


async def test_ticks_wait_until_storage_says_what_has_been_counted(bench: Bench) -> None:
    await publish(bench, 10)
    async with working(bench):
        await recorded(bench)
    storage = faulty_storage(bench, "List")
    async with working(with_storage(bench, storage)):
        await eventually(storage.has_failed, bool)
        await publish(bench, 20)
        await bench.publish(chain(number=7))
        # Nothing else waits.
        await eventually(bench.stored, lambda found: found == [7])
        assert len(await told(bench)) == 1
        storage.failing = ""
        assert counts(await recorded(bench), 30) == [(0, 2, False, 0)]


@asynccontextmanager
async def another_bus(bench: Bench) -> AsyncIterator[Bench]:
    """Lose everything that was on the bus."""
    bus = open_bus("memory:")
    await Catalog(bus).announce([NIFTY], sequence=1)
    yield replace(bench, bus=bus)
    await bus.close()


async def test_storage_alone_is_enough_to_go_on(bench: Bench) -> None:
    ticks = [tick(number / 2, sequence=number + 1) for number in range(2500)]
    await bench.store.put_ticks(ticks[:2400])
    async with another_bus(bench) as empty:
        await empty.bus.publish([entry(*ticks[2400:])])
        async with working(empty):
            await recorded(empty)
            await assert_as_if_uninterrupted(empty, ticks)


async def test_a_replay_of_another_day_is_followed_after_a_restart(bench: Bench) -> None:
    await publish(bench, 86_400)
    async with working(bench):
        await recorded(bench)
    sequence = await bench.bus.last_sequence(RAW_TICKS)
    day_before: list[Entry] = [
        entry(tick(second, sequence=sequence + 1 + second)) for second in (10, 20)
    ]
    await bench.bus.publish(day_before)
    async with working(bench) as replica:
        found = counts(await recorded(bench), 1)
        assert replica.candles.dropped == {"NIFTY": 0}
    assert found == [(0, 2, False, 0), (1440, 1, True, 0)]
    # And once more: what was left behind does not come between.
    await bench.bus.publish([entry(tick(30, sequence=sequence + 1000))])
    async with working(bench):
        assert counts(await recorded(bench), 1) == [(0, 3, False, 0), (1440, 1, True, 0)]
