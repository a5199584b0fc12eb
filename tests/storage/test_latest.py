"""The latest values: always the newest, whether they are in the cache already or not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fixtures.chains import BEGIN, EXPIRY, chain, enriched
from tests.fixtures.eventually import eventually

from deltastream.adapters.cache.memory import MemoryCache
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import UnderlyingTick
from deltastream.market.v1 import tick_pb2
from deltastream.ports.cache import Versioned
from deltastream.runtime.background import running
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
        self.written: list[Mapping[str, Versioned]] = []
        self.away = False
        self.begun = asyncio.Event()
        self.ready = asyncio.Event()
        self.ready.set()

    async def put_newest(self, values: Mapping[str, Versioned], *, ttl: float) -> None:
        self.written.append(values)
        self.begun.set()
        await self.ready.wait()
        if self.away:
            raise DependencyUnavailableError("cache")
        await super().put_newest(values, ttl=ttl)

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

    latest.put_ticks([later(2), later(5), same_time, replace(TICK, product="SPY"), TICK])

    assert await latest.tick("NIFTY") == encode_tick(same_time)
    assert await latest.tick("SPY") == encode_tick(replace(TICK, product="SPY"))
    assert await latest.tick("QQQ") is None


async def test_what_comes_late_does_not_replace_what_is_newer(latest: LatestValues) -> None:
    latest.put_ticks([later(3)])
    latest.put_ticks([later(2)])
    assert await latest.tick("NIFTY") == encode_tick(later(3))

    of_that_moment = replace(later(3), sequence=4)
    latest.put_ticks([of_that_moment])
    latest.put_ticks([later(3)])
    assert await latest.tick("NIFTY") == encode_tick(of_that_moment)


async def test_many_changes_in_a_moment_are_one_write_and_each_is_seen_at_once(
    latest: LatestValues, cache: WatchedCache
) -> None:
    for number in range(1, 51):
        latest.put_ticks([later(number)])
        assert await latest.tick("NIFTY") == encode_tick(later(number))
    await latest.write()

    assert [[each.value for each in written.values()] for written in cache.written] == [
        [encode_tick(later(50)).SerializeToString()]
    ]
    assert await latest.tick("NIFTY") == encode_tick(later(50))


async def test_what_has_changed_is_written_by_itself_and_nothing_else_is(
    latest: LatestValues, cache: WatchedCache
) -> None:
    async with running(latest.run()), asyncio.timeout(5):
        latest.put_ticks([later(1)])
        await eventually(lambda: latest_of(cache), lambda found: found == later(1).sequence)
        latest.put_ticks([later(2), replace(TICK, product="SPY")])
        await eventually(lambda: latest_of(cache), lambda found: found == later(2).sequence)
    assert len(cache.written) == 2


async def latest_of(cache: WatchedCache) -> int | None:
    """Return the sequence of the tick of NIFTY that is in the cache."""
    (found,) = await cache.get_many(["latest:underlying:NIFTY"])
    return found and tick_pb2.UnderlyingTick.FromString(found.value).sequence


async def test_chains_are_kept_by_product_and_expiry(latest: LatestValues) -> None:
    first, second, other = (
        encode_enriched(enriched(each))
        for each in (chain(number=1), chain(number=2), chain("SPY", number=1))
    )

    latest.put_chains([first])
    latest.put_chains([second, other])
    assert await latest.chain("NIFTY", EXPIRY.isoformat()) == second
    await latest.write()
    latest.put_chains([first])

    assert await latest.chain("NIFTY", EXPIRY.isoformat()) == second
    assert await latest.chain("SPY", EXPIRY.isoformat()) == other


async def test_a_value_that_comes_while_another_is_written_is_the_latest(
    latest: LatestValues, cache: WatchedCache
) -> None:
    cache.ready.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        latest.put_ticks([later(1)])
        group.create_task(latest.write())
        await cache.begun.wait()
        latest.put_ticks([later(2)])
        cache.ready.set()

    assert await latest.tick("NIFTY") == encode_tick(later(2))
    await latest.write()
    assert await latest.tick("NIFTY") == encode_tick(later(2))
    assert await latest_of(cache) == 2


async def test_while_the_cache_is_away_nothing_old_is_answered(
    latest: LatestValues, cache: WatchedCache
) -> None:
    latest.put_ticks([later(1)])
    await latest.write()
    cache.away = True
    latest.put_ticks([later(2)])
    await latest.write()
    assert await latest.tick("NIFTY") is None

    cache.away = False
    assert await latest.tick("NIFTY") is None
    latest.put_ticks([later(3)])
    await latest.write()

    assert await latest.tick("NIFTY") == encode_tick(later(3))


async def test_of_several_replicas_none_answers_with_what_another_has_replaced(
    latest: LatestValues, cache: WatchedCache, seconds: Seconds
) -> None:
    other = LatestValues(cache, seconds=seconds)
    latest.put_ticks([later(1)])
    await latest.write()
    other.put_ticks([later(3)])
    await other.write()
    latest.put_ticks([later(2)])
    await latest.write()

    for replica in (latest, other):
        assert await replica.tick("NIFTY") == encode_tick(later(3))


async def test_what_is_older_in_the_cache_than_was_stored_here_is_not_believed(
    latest: LatestValues, cache: WatchedCache, seconds: Seconds
) -> None:
    latest.put_ticks([later(3)])
    await latest.write()
    await cache.delete_many(["latest:underlying:NIFTY"])
    other = LatestValues(cache, seconds=seconds)
    other.put_ticks([later(2)])
    await other.write()

    assert await latest.tick("NIFTY") is None


@pytest.mark.parametrize("written", [True, False])
async def test_values_end_after_a_minute_wherever_they_are(
    latest: LatestValues, seconds: Seconds, *, written: bool
) -> None:
    latest.put_ticks([later(1)])
    if written:
        await latest.write()

    seconds.now += 59.0
    assert await latest.tick("NIFTY") is not None
    seconds.now += 2.0
    assert await latest.tick("NIFTY") is None


async def test_what_an_earlier_process_has_written_is_not_trusted(
    latest: LatestValues, cache: WatchedCache, seconds: Seconds
) -> None:
    latest.put_ticks([later(1)])
    await latest.write()

    assert await LatestValues(cache, seconds=seconds).tick("NIFTY") is None
