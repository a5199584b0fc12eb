"""The latest values: always the newest, whether they are in the cache already or not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fixtures.chains import BEGIN, EXPIRY, chain, enriched

from deltastream.adapters.cache.memory import MemoryCache
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import UnderlyingTick
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.storage.latest import LatestValues

TICK = UnderlyingTick(product="NIFTY", price=100.0, timestamp=BEGIN, sequence=1)


class Seconds:
    """Time that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class WatchedCache(MemoryCache):
    """A cache in memory that counts, that can be away, and that can be made to hesitate."""

    def __init__(self, seconds: Seconds) -> None:
        super().__init__(clock=seconds)
        self.written: list[Mapping[str, bytes]] = []
        self.away = False
        self.begun = asyncio.Event()
        self.ready = asyncio.Event()
        self.ready.set()

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        self.written.append(values)
        self.begun.set()
        await self.ready.wait()
        if self.away:
            raise DependencyUnavailableError("cache")
        await super().set_many(values, ttl=ttl)

    async def delete_many(self, keys: Sequence[str]) -> None:
        if self.away:
            raise DependencyUnavailableError("cache")
        await super().delete_many(keys)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def cache(seconds: Seconds) -> WatchedCache:
    return WatchedCache(seconds)


@pytest.fixture
def latest(cache: WatchedCache, seconds: Seconds) -> LatestValues:
    return LatestValues(cache, seconds=seconds)


def later(number: int) -> UnderlyingTick:
    return replace(
        TICK, price=100.0 + number, sequence=number, timestamp=BEGIN + timedelta(seconds=number)
    )


async def test_the_newest_of_a_request_is_the_latest_whatever_its_place(
    latest: LatestValues,
) -> None:
    same_time = replace(later(5), sequence=6)

    await latest.put_ticks([later(2), later(5), same_time, replace(TICK, product="SPY"), TICK])

    assert await latest.tick("NIFTY") == encode_tick(same_time)
    assert await latest.tick("SPY") == encode_tick(replace(TICK, product="SPY"))
    assert await latest.tick("QQQ") is None


async def test_what_comes_late_does_not_replace_what_is_newer(latest: LatestValues) -> None:
    await latest.put_ticks([later(3)])
    await latest.put_ticks([later(2)])

    assert await latest.tick("NIFTY") == encode_tick(later(3))


async def test_many_changes_in_a_moment_are_one_write_and_each_is_seen_at_once(
    latest: LatestValues, cache: WatchedCache, seconds: Seconds
) -> None:
    for number in range(1, 51):
        await latest.put_ticks([later(number)])
        assert await latest.tick("NIFTY") == encode_tick(later(number))
        seconds.now += 0.001
    assert len(cache.written) == 1

    seconds.now += 0.1
    await latest.put_ticks([later(51)])

    assert len(cache.written) == 2
    assert [*cache.written[1].values()] == [encode_tick(later(51)).SerializeToString()]
    assert await latest.tick("NIFTY") == encode_tick(later(51))


async def test_chains_are_kept_by_product_and_expiry(
    latest: LatestValues, seconds: Seconds
) -> None:
    first, second, other = (
        encode_enriched(enriched(each))
        for each in (chain(number=1), chain(number=2), chain("SPY", number=1))
    )

    await latest.put_chains([first])
    await latest.put_chains([second, other])
    assert await latest.chain("NIFTY", EXPIRY.isoformat()) == second
    seconds.now += 1.0
    await latest.put_chains([first])

    assert await latest.chain("NIFTY", EXPIRY.isoformat()) == second
    assert await latest.chain("SPY", EXPIRY.isoformat()) == other


async def test_a_value_that_comes_while_another_is_written_is_the_latest(
    latest: LatestValues, cache: WatchedCache, seconds: Seconds
) -> None:
    cache.ready.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(latest.put_ticks([later(1)]))
        await cache.begun.wait()
        seconds.now += 1.0
        await latest.put_ticks([later(2)])
        assert len(cache.written) == 1, "one write at a time, or an older one could end later"
        cache.ready.set()

    assert await latest.tick("NIFTY") == encode_tick(later(2))
    seconds.now += 1.0
    await latest.put_ticks([later(2)])
    assert len(cache.written) == 2
    assert await latest.tick("NIFTY") == encode_tick(later(2))


async def test_while_the_cache_is_away_nothing_old_is_answered(
    latest: LatestValues, cache: WatchedCache, seconds: Seconds
) -> None:
    await latest.put_ticks([later(1)])
    seconds.now += 1.0
    cache.away = True
    await latest.put_ticks([later(2)])
    assert await latest.tick("NIFTY") is None

    cache.away = False
    assert await latest.tick("NIFTY") is None
    seconds.now += 1.0
    await latest.put_ticks([later(3)])

    assert await latest.tick("NIFTY") == encode_tick(later(3))


@pytest.mark.parametrize("written", [True, False])
async def test_values_end_after_minutes_wherever_they_are(
    latest: LatestValues, seconds: Seconds, *, written: bool
) -> None:
    await latest.put_ticks([later(1)])
    if not written:
        await latest.put_ticks([later(2)])

    seconds.now += 299.0
    assert await latest.tick("NIFTY") is not None
    seconds.now += 2.0
    assert await latest.tick("NIFTY") is None


async def test_what_an_earlier_process_has_written_is_not_trusted(
    latest: LatestValues, cache: WatchedCache, seconds: Seconds
) -> None:
    await latest.put_ticks([later(1)])
    assert len(cache.written) == 1

    assert await LatestValues(cache, seconds=seconds).tick("NIFTY") is None
