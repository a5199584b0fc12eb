"""What the bus on Redis promises when Redis, or the wire to it, fails."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from tests.fixtures.bus_entries import deliveries_of, entries_of, sequences_of
from tests.fixtures.redis_proxy import RedisProxy, redis_proxy

from deltastream.adapters import redis_connection
from deltastream.adapters.bus.redis_entries import key_of
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.ports.bus import Entry
from deltastream.runtime.embedded_redis import EmbeddedRedis

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"
GROUP = "enrichment"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def bus(redis_url: str) -> AsyncIterator[RedisStreamsBus]:
    bus = RedisStreamsBus(redis_url)
    yield bus
    await bus.close()


@pytest.fixture
async def own_bus(own_redis: EmbeddedRedis) -> AsyncIterator[RedisStreamsBus]:
    bus = RedisStreamsBus(own_redis.url)
    yield bus
    await bus.close()


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[RedisProxy]:
    with TemporaryDirectory(prefix="deltastream-") as folder:
        async with redis_proxy(redis_url, Path(folder, "proxy")) as proxy:
            yield proxy


@pytest.fixture
async def frail_bus(proxy: RedisProxy) -> AsyncIterator[RedisStreamsBus]:
    """Reach the shared server through a wire that can be cut."""
    bus = RedisStreamsBus(proxy.url)
    yield bus
    await bus.close()


async def test_everything_survives_a_crash_of_the_server(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    await own_bus.join(GROUP, [TICKS])
    await own_bus.publish(entries_of(TICKS, 1, 2, 3))
    received = await own_bus.receive(GROUP, "a", [TICKS], limit=2, wait=0.0)
    await own_bus.acknowledge(GROUP, received[:1])
    epoch = await own_bus.epoch()

    await own_redis.kill()
    with pytest.raises(DependencyUnavailableError) as caught:
        await own_bus.publish(entries_of(TICKS, 4))
    assert caught.value.metadata == {"dependency": "bus"}
    await own_redis.start()

    await own_bus.publish(entries_of(TICKS, 4))
    assert sequences_of(await own_bus.latest(TICKS, limit=9)) == [1, 2, 3, 4]
    assert sequences_of(await own_bus.pending(GROUP, "a", TICKS, limit=9)) == [2]
    following = await own_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
    assert sequences_of(following) == [3, 4]
    assert await own_bus.epoch() == epoch


async def test_the_last_sequence_of_an_emptied_subject_survives_a_crash(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    await own_bus.publish(entries_of(TICKS, 1, 2, 3))
    await own_bus.trim(TICKS, keep=0)

    await own_redis.kill()
    await own_redis.start()

    assert await own_bus.last_sequence(TICKS) == 3


async def test_a_waiting_consumer_hears_of_a_crash_at_once(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    await own_bus.join(GROUP, [TICKS])
    waiting = [
        asyncio.create_task(own_bus.receive(GROUP, "a", [TICKS], limit=9, wait=30.0)),
        asyncio.create_task(own_bus.tail({TICKS: 0}, limit=9, wait=30.0)),
    ]
    assert not (await asyncio.wait(waiting, timeout=0.1))[0]

    await own_redis.kill()

    async with asyncio.timeout(2.0):
        for task in waiting:
            with pytest.raises(DependencyUnavailableError):
                await task


async def test_a_server_that_does_not_run_is_named_unavailable_at_once() -> None:
    bus = RedisStreamsBus("unix:///nonexistent/redis.sock")

    async with asyncio.timeout(1.0):
        with pytest.raises(DependencyUnavailableError, match="bus does not answer"):
            await bus.epoch()

    await bus.close()


async def test_a_frozen_server_is_given_up_on_within_five_seconds(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    assert own_redis.pid is not None
    await own_bus.publish(entries_of(TICKS, 1))
    os.kill(own_redis.pid, signal.SIGSTOP)
    try:
        calls = (
            own_bus.publish(entries_of(TICKS, 2)),
            own_bus.epoch(),
            own_bus.tail({TICKS: 0}, limit=9, wait=0.5),
            own_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.5),
        )
        async with asyncio.timeout(5.0):
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)

    assert [type(outcome) for outcome in outcomes] == [DependencyUnavailableError] * 4
    await own_bus.publish(entries_of(TICKS, 2))
    assert sequences_of(await own_bus.latest(TICKS, limit=9)) == [1, 2]


async def test_a_quiet_subject_is_no_silent_server(
    bus: RedisStreamsBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_connection, "_ANSWER_WITHIN", 0.2)

    assert await bus.tail({TICKS: 0}, limit=9, wait=0.5) == []
    assert await bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.5) == []


async def test_a_publish_whose_reply_is_lost_is_repeated_and_stored_once(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    proxy.lose_reply_to = b"XADD"

    await frail_bus.publish(entries_of(TICKS, 1, 2, 3))

    assert proxy.lost.is_set()
    assert sequences_of(await frail_bus.latest(TICKS, limit=9)) == [1, 2, 3]


async def test_entries_of_a_lost_reply_come_next_and_in_order(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.join(GROUP, [TICKS, CHAINS])
    await frail_bus.publish(entries_of(TICKS, *range(1, 8)) + entries_of(CHAINS, 1))
    seen = sequences_of(await frail_bus.receive(GROUP, "a", [TICKS], limit=2, wait=0.0))

    proxy.lose_reply_to = b"XREADGROUP"
    with pytest.raises(DependencyUnavailableError):
        await frail_bus.receive(GROUP, "a", [TICKS, CHAINS], limit=3, wait=0.0)
    assert proxy.lost.is_set()

    while entries := await frail_bus.receive(GROUP, "a", [TICKS, CHAINS], limit=2, wait=0.0):
        seen += sequences_of(entry for entry in entries if entry.subject == TICKS)
        await frail_bus.acknowledge(GROUP, entries)
    assert seen == [1, 2, 3, 4, 5, 6, 7]


async def test_what_pending_has_returned_does_not_come_again_after_a_lost_reply(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.join(GROUP, [TICKS])
    await frail_bus.publish(entries_of(TICKS, 1, 2, 3))
    proxy.lose_reply_to = b"XREADGROUP"
    with pytest.raises(DependencyUnavailableError):
        await frail_bus.receive(GROUP, "a", [TICKS], limit=2, wait=0.0)

    assert sequences_of(await frail_bus.pending(GROUP, "a", TICKS, limit=9)) == [1, 2]

    following = await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
    assert sequences_of(following) == [3]


async def test_entries_claimed_by_a_lost_reply_come_next(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.join(GROUP, [TICKS])
    await frail_bus.publish(entries_of(TICKS, 1, 2, 3))
    await frail_bus.receive(GROUP, "dead", [TICKS], limit=2, wait=0.0)
    await frail_bus.acknowledge(
        GROUP, await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
    )

    proxy.lose_reply_to = b"XCLAIM"
    with pytest.raises(DependencyUnavailableError):
        await frail_bus.claim(GROUP, "a", TICKS, idle=0.0, limit=9)

    recovered = await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
    assert sequences_of(recovered) == [1, 2]
    assert await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0) == []


async def test_what_was_claimed_before_does_not_come_again_after_a_lost_reply(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.join(GROUP, [TICKS])
    await frail_bus.publish(entries_of(TICKS, 1, 2, 3))
    await frail_bus.receive(GROUP, "dead", [TICKS], limit=2, wait=0.0)
    claimed = await frail_bus.claim(GROUP, "a", TICKS, idle=0.0, limit=9)
    assert sequences_of(claimed) == [1, 2]

    proxy.lose_reply_to = b"XREADGROUP"
    with pytest.raises(DependencyUnavailableError):
        await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)

    recovered = await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
    assert sequences_of(recovered) == [3]


async def test_entries_on_their_way_to_a_cancelled_wait_are_not_lost(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.join(GROUP, [TICKS])
    proxy.lose_reply_to, proxy.silently = b"XREADGROUP", True
    waiting = asyncio.create_task(frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=20.0))
    assert not (await asyncio.wait({waiting}, timeout=0.1))[0]

    await frail_bus.publish(entries_of(TICKS, 1))
    async with asyncio.timeout(1.0):
        await proxy.lost.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await frail_bus.publish(entries_of(TICKS, 2))

    entries = await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=1.0)
    entries += await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)

    assert sequences_of(entries) == [1, 2]


async def test_faults_and_cancellations_leave_no_connection_behind(
    redis: Redis, proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.join(GROUP, [TICKS])
    before = len(await redis.client_list())
    for round_ in range(10):
        waiting = asyncio.create_task(frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=20.0))
        await asyncio.wait({waiting}, timeout=0.01)
        waiting.cancel()
        await asyncio.wait({waiting})
        proxy.lose_reply_to = b"XREADGROUP"
        with pytest.raises(DependencyUnavailableError):
            await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
        await frail_bus.publish(entries_of(TICKS, round_ + 1))
        await frail_bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)

    for pool in (frail_bus._commands.connection_pool, frail_bus._reads.connection_pool):
        assert not pool._in_use_connections
    assert len(await redis.client_list()) <= before + 1


async def test_a_flushed_database_is_a_new_epoch_and_the_group_joins_again(
    redis: Redis, bus: RedisStreamsBus
) -> None:
    await bus.publish(entries_of(TICKS, 1))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
    epoch = await bus.epoch()

    await redis.flushall()
    await bus.publish(entries_of(TICKS, 1))

    entries = await bus.receive(GROUP, "a", [TICKS, CHAINS], limit=9, wait=0.0)
    assert sequences_of(entries) == [1]
    assert await bus.epoch() != epoch


async def test_a_flush_under_a_waiting_consumer_is_no_error_either(
    redis: Redis, bus: RedisStreamsBus
) -> None:
    await bus.join(GROUP, [TICKS])
    waiting = asyncio.create_task(bus.receive(GROUP, "a", [TICKS], limit=9, wait=20.0))
    assert not (await asyncio.wait({waiting}, timeout=0.1))[0]

    await redis.flushall()
    await bus.publish(entries_of(TICKS, 1))

    async with asyncio.timeout(3.0):
        assert sequences_of(await waiting) == [1]


async def test_a_subject_that_is_no_stream_is_an_error_and_no_success(
    redis: Redis, bus: RedisStreamsBus
) -> None:
    await redis.set(key_of(CHAINS), b"something else")

    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bus.publish(entries_of(TICKS, 1) + entries_of(CHAINS, 1) + entries_of(TICKS, 2))


async def test_a_server_short_of_memory_is_unavailable_and_takes_no_part_of_a_batch(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    large = [Entry(subject=TICKS, sequence=n, payload=bytes(100_000)) for n in range(2, 102)]
    await own_bus.publish(entries_of(TICKS, 1))
    async with Redis.from_url(own_redis.url) as redis:
        used = (await redis.info("memory"))["used_memory"]
        await redis.config_set("maxmemory", used + 5_000_000)  # room for half of them
        with pytest.raises(DependencyUnavailableError):
            await own_bus.publish(large)
        await redis.config_set("maxmemory", 0)

    assert sequences_of(await own_bus.latest(TICKS, limit=200)) == [1]
    await own_bus.publish(large)
    assert sequences_of(await own_bus.latest(TICKS, limit=200)) == [*range(1, 102)]


async def test_a_pending_entry_that_someone_deleted_holds_nothing_up(
    redis: Redis, bus: RedisStreamsBus
) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)
    await redis.xdel(key_of(TICKS), "0-1")

    assert sequences_of(await bus.pending(GROUP, "a", TICKS, limit=2)) == [2]
    left = await bus.pending(GROUP, "a", TICKS, limit=9)
    assert (sequences_of(left), deliveries_of(left)) == ([2, 3], [3, 2])
    await bus.acknowledge(GROUP, left)
    assert await bus.trim(TICKS, keep=0) == 2
