"""What the bus promises on a Redis that has no memory left: nothing is lost, and it recovers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from tests.fixtures.bus_entries import entries_of, sequences_of

from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.domain.errors import DependencyUnavailableError, LeaseLostError
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Entry
from deltastream.ports.leases import Lease

TICKS = "market:underlying:NIFTY"
ENRICHED = "enriched:underlying:NIFTY"
GROUP = "enrichment"


@pytest.fixture(params=["redis_url", "oldest_redis_url"])
def redis_url_of_version(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def bus(redis_url_of_version: str) -> AsyncIterator[RedisStreamsBus]:
    bus = RedisStreamsBus(redis_url_of_version)
    yield bus
    await bus.close()


@asynccontextmanager
async def memory_left(redis_url: str, size: int | None = None) -> AsyncIterator[None]:
    """Let the server use so many bytes more than it does; None is far fewer than it does."""
    async with Redis.from_url(redis_url) as redis:
        used = (await redis.info("memory"))["used_memory"]
        await redis.config_set("maxmemory", 1 if size is None else used + size)
        try:
            yield
        finally:
            await redis.config_set("maxmemory", 0)


async def a_lease(bus: RedisStreamsBus) -> Lease:
    (lease,) = await bus.leases.acquire(GROUP, ["NIFTY"], "one", seconds=60.0)
    return lease


async def test_a_full_server_takes_no_part_of_a_batch_and_all_of_it_later(
    bus: RedisStreamsBus, redis_url_of_version: str
) -> None:
    await bus.publish(entries_of(TICKS, 1))

    async with memory_left(redis_url_of_version):
        with pytest.raises(DependencyUnavailableError):
            await bus.publish(entries_of(TICKS, 1, 2, 3))

    assert sequences_of(await bus.latest(TICKS, limit=9)) == [1]
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    assert sequences_of(await bus.latest(TICKS, limit=9)) == [1, 2, 3]


@pytest.mark.parametrize("room", [5_000_000, 15_000_000, 25_000_000])
async def test_a_batch_that_fills_the_server_is_taken_as_a_whole_or_not_at_all(
    bus: RedisStreamsBus, redis_url_of_version: str, room: int
) -> None:
    large = [Entry(subject=TICKS, sequence=n, payload=bytes(100_000)) for n in range(2, 102)]
    await bus.publish(entries_of(TICKS, 1))

    taken = True
    async with memory_left(redis_url_of_version, room):
        try:
            await bus.publish(large)
        except DependencyUnavailableError:
            taken = False

    held = sequences_of(await bus.latest(TICKS, limit=500))
    assert held == [*range(1, 102 if taken else 2)]
    await bus.publish(large)
    assert sequences_of(await bus.latest(TICKS, limit=500)) == [*range(1, 102)]


async def test_whoever_works_off_what_is_there_is_not_refused(
    bus: RedisStreamsBus, redis_url_of_version: str
) -> None:
    lease = await a_lease(bus)
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.take_up(GROUP, [TICKS], under=[lease])

    async with memory_left(redis_url_of_version):
        assert await bus.leases.renew([lease], seconds=60.0) == [lease]
        assert await bus.leases.present(GROUP, "one", seconds=60.0) == ["one"]
        await bus.publish(entries_of(ENRICHED, 1, 2), under=[lease])
        await bus.commit(GROUP, {TICKS: 3}, under=[lease], letters=[b"given up"])
        assert await bus.trim(TICKS, keep=0) == 3

    assert sequences_of(await bus.latest(ENRICHED, limit=9)) == [1, 2]
    assert [entry.payload for entry in await bus.latest(DEAD_LETTERS, limit=9)] == [b"given up"]


async def test_a_lost_lease_is_told_even_by_a_full_server(
    bus: RedisStreamsBus, redis_url_of_version: str
) -> None:
    lease = await a_lease(bus)
    await bus.leases.release([lease])

    async with memory_left(redis_url_of_version):
        with pytest.raises(LeaseLostError):
            await bus.publish(entries_of(ENRICHED, 1), under=[lease])

    assert await bus.last_sequence(ENRICHED) == 0
