"""What the bus on Redis promises when Redis, or the wire to it, fails."""

import asyncio
import os
import signal

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from tests.bus.append_only_file import everything_written
from tests.fixtures.bus_entries import entries_of, sequences_of
from tests.fixtures.redis_proxy import RedisProxy

from deltastream.adapters import redis_connection
from deltastream.adapters.bus.redis_entries import key_of
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.domain.errors import DependencyUnavailableError, LeaseLostError
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Start
from deltastream.ports.leases import Lease
from deltastream.runtime.embedded_redis import EmbeddedRedis

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"
GROUP = "enrichment"
SCRIPT = b"EVALSHA"
"""With what word every script goes over the wire."""


async def lease_of(bus: RedisStreamsBus, name: str = "NIFTY", holder: str = "one") -> Lease:
    (lease,) = await bus.leases.acquire(GROUP, [name], holder, seconds=60.0)
    return lease


async def letters_on(bus: RedisStreamsBus) -> list[bytes]:
    return [entry.payload for entry in await bus.latest(DEAD_LETTERS, limit=100)]


async def test_everything_that_was_written_survives_a_crash_of_the_server(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    lease = await lease_of(own_bus)
    await own_bus.publish(entries_of(TICKS, 1, 2, 3), under=[lease])
    await own_bus.take_up(GROUP, [TICKS, CHAINS], under=[lease])
    await own_bus.commit(GROUP, {TICKS: 1}, under=[lease], letters=[b"given up"])
    epoch = await own_bus.epoch()

    await everything_written(own_redis.url)
    await own_redis.kill()
    with pytest.raises(DependencyUnavailableError) as caught:
        await own_bus.publish(entries_of(TICKS, 4))
    assert caught.value.metadata == {"dependency": "bus"}
    await own_redis.start()

    await own_bus.publish(entries_of(TICKS, 4), under=[lease])
    assert sequences_of(await own_bus.latest(TICKS, limit=9)) == [1, 2, 3, 4]
    assert await own_bus.take_up(GROUP, [TICKS, CHAINS]) == {
        TICKS: Start(position=1, attempts=1),
        CHAINS: Start(position=0, attempts=2),
    }
    assert await letters_on(own_bus) == [b"given up"]
    assert await own_bus.epoch() == epoch
    assert (await lease_of(own_bus)).number > lease.number


async def test_the_last_sequence_of_an_emptied_subject_survives_a_crash(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    await own_bus.publish(entries_of(TICKS, 1, 2, 3))
    await own_bus.trim(TICKS, keep=0)

    await everything_written(own_redis.url)
    await own_redis.kill()
    await own_redis.start()

    assert await own_bus.last_sequence(TICKS) == 3


async def test_a_waiting_reader_hears_of_a_crash_at_once(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    await own_bus.epoch()
    waiting = asyncio.create_task(own_bus.tail({TICKS: 0}, limit=9, wait=30.0))
    assert not (await asyncio.wait({waiting}, timeout=0.1))[0]

    await own_redis.kill()

    async with asyncio.timeout(10.0):
        with pytest.raises(DependencyUnavailableError):
            await waiting


async def test_a_server_that_does_not_run_is_named_unavailable_at_once() -> None:
    bus = RedisStreamsBus("unix:///nonexistent/redis.sock")

    async with asyncio.timeout(10.0):
        with pytest.raises(DependencyUnavailableError, match="bus does not answer"):
            await bus.epoch()
        with pytest.raises(DependencyUnavailableError, match="bus does not answer"):
            await bus.leases.present(GROUP, "one", seconds=1.0)

    await bus.close()


async def test_a_frozen_server_is_given_up_on_within_five_seconds(
    own_redis: EmbeddedRedis, own_bus: RedisStreamsBus
) -> None:
    assert own_redis.pid is not None
    lease = await lease_of(own_bus)
    await own_bus.publish(entries_of(TICKS, 1))
    os.kill(own_redis.pid, signal.SIGSTOP)
    try:
        calls = (
            own_bus.publish(entries_of(TICKS, 2), under=[lease]),
            own_bus.epoch(),
            own_bus.tail({TICKS: 0}, limit=9, wait=0.5),
            own_bus.commit(GROUP, {TICKS: 1}),
            own_bus.leases.renew([lease], seconds=60.0),
            own_bus.remove(TICKS, [9]),
        )
        async with asyncio.timeout(5.0):
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)

    assert [type(outcome) for outcome in outcomes] == [DependencyUnavailableError] * len(calls)
    await own_bus.publish(entries_of(TICKS, 2), under=[lease])
    assert sequences_of(await own_bus.latest(TICKS, limit=9)) == [1, 2]


async def test_a_quiet_subject_is_no_silent_server(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = RedisStreamsBus(redis_url)
    await bus.tail({TICKS: 0}, limit=9, wait=0.0)
    monkeypatch.setattr(redis_connection, "_ANSWER_WITHIN", 0.2)

    assert await bus.tail({TICKS: 0}, limit=9, wait=0.5) == []

    await bus.close()


def test_no_command_blocks_for_longer_than_its_reply_is_waited_for() -> None:
    assert redis_connection.LONGEST_BLOCK <= redis_connection._REPLY_WITHIN / 2


async def test_a_publish_whose_reply_is_lost_is_repeated_and_stored_once(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.publish(entries_of(TICKS, 1))
    proxy.lose_reply_to = SCRIPT

    await frail_bus.publish(entries_of(TICKS, 2, 3))

    assert proxy.lost.is_set()
    assert sequences_of(await frail_bus.latest(TICKS, limit=9)) == [1, 2, 3]


async def test_a_commit_whose_reply_is_lost_moves_once_and_appends_its_letters_once(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    lease = await lease_of(frail_bus)
    await frail_bus.commit(GROUP, {TICKS: 1}, under=[lease])
    proxy.lose_reply_to = SCRIPT

    await frail_bus.commit(GROUP, {TICKS: 2}, under=[lease], letters=[b"a", b"b"])

    assert proxy.lost.is_set()
    assert await letters_on(frail_bus) == [b"a", b"b"]
    assert await frail_bus.positions(GROUP, [TICKS]) == {TICKS: 2}


async def test_a_beginning_whose_reply_is_lost_counts_once(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.take_up(GROUP, [TICKS])
    proxy.lose_reply_to = SCRIPT

    assert await frail_bus.take_up(GROUP, [TICKS]) == {TICKS: Start(position=0, attempts=2)}
    assert proxy.lost.is_set()


async def test_a_lease_whose_grant_is_lost_is_granted_again(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await lease_of(frail_bus, "BTC")
    proxy.lose_reply_to = SCRIPT

    lease = await lease_of(frail_bus)

    assert proxy.lost.is_set()
    await frail_bus.publish(entries_of(TICKS, 1), under=[lease])


async def test_a_removal_whose_reply_is_lost_says_so_rather_than_a_wrong_number(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.publish(entries_of(TICKS, 1, 2))
    proxy.lose_reply_to = b"XDEL"

    with pytest.raises(DependencyUnavailableError):
        await frail_bus.remove(TICKS, [1])

    assert proxy.lost.is_set()
    assert await frail_bus.remove(TICKS, [1, 2]) == 1


async def test_a_swallowed_reply_is_waited_for_no_longer_than_its_time(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.commit(GROUP, {TICKS: 1})
    proxy.lose_reply_to, proxy.silently = SCRIPT, True

    async with asyncio.timeout(4.0):
        await frail_bus.commit(GROUP, {TICKS: 2}, letters=[b"given up"])

    assert proxy.lost.is_set()
    assert await letters_on(frail_bus) == [b"given up"]


async def test_entries_of_a_read_that_was_lost_come_with_the_next(
    proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    await frail_bus.publish(entries_of(TICKS, 1, 2, 3))
    proxy.lose_reply_to = b"XREAD"

    with pytest.raises(DependencyUnavailableError):
        await frail_bus.tail({TICKS: 0}, limit=2, wait=0.0)

    assert proxy.lost.is_set()
    assert sequences_of(await frail_bus.tail({TICKS: 0}, limit=9, wait=0.0)) == [1, 2, 3]


async def test_faults_and_cancellations_leave_no_connection_behind(
    redis: Redis, proxy: RedisProxy, frail_bus: RedisStreamsBus
) -> None:
    before = len(await redis.client_list())
    for round_ in range(1, 11):
        waiting = asyncio.create_task(frail_bus.tail({TICKS: round_}, limit=9, wait=20.0))
        await asyncio.wait({waiting}, timeout=0.01)
        waiting.cancel()
        await asyncio.wait({waiting})
        proxy.lose_reply_to = SCRIPT
        await frail_bus.publish(entries_of(TICKS, round_))
        proxy.lose_reply_to = b"XREAD"
        with pytest.raises(DependencyUnavailableError):
            await frail_bus.tail({TICKS: 0}, limit=9, wait=0.0)
        await frail_bus.commit(GROUP, {TICKS: round_})

    assert sequences_of(await frail_bus.tail({TICKS: 0}, limit=99, wait=0.0)) == [*range(1, 11)]
    assert not frail_bus._commands.connection_pool._in_use_connections
    assert not frail_bus._lines._busy | frail_bus._reads._busy
    assert len(await redis.client_list()) <= before + 3


async def test_killed_connections_are_replaced_within_the_call(
    redis: Redis, redis_url: str
) -> None:
    bus = RedisStreamsBus(redis_url)
    lease = await lease_of(bus)
    for sequence in range(1, 6):
        await redis.client_kill_filter(_type="normal", skipme=True)
        await bus.publish(entries_of(TICKS, sequence), under=[lease])
        await redis.client_kill_filter(_type="normal", skipme=True)
        await bus.commit(GROUP, {TICKS: sequence}, under=[lease])

    assert sequences_of(await bus.latest(TICKS, limit=9)) == [1, 2, 3, 4, 5]
    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 5}
    await bus.close()


async def test_a_server_that_forgot_the_scripts_is_told_them_again(
    redis: Redis, redis_url: str
) -> None:
    bus = RedisStreamsBus(redis_url)
    lease = await lease_of(bus)
    await redis.script_flush()

    await bus.publish(entries_of(TICKS, 1), under=[lease])
    await bus.commit(GROUP, {TICKS: 1}, under=[lease])
    assert await bus.leases.renew([lease], seconds=60.0) == [lease]

    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 1}
    await bus.close()


async def test_a_flushed_database_is_a_new_epoch_without_leases_where_groups_begin_anew(
    redis: Redis, redis_url: str
) -> None:
    bus = RedisStreamsBus(redis_url)
    lease = await lease_of(bus)
    await bus.publish(entries_of(TICKS, 1, 2), under=[lease])
    await bus.take_up(GROUP, [TICKS], under=[lease])
    await bus.commit(GROUP, {TICKS: 2}, under=[lease])
    epoch = await bus.epoch()

    await redis.flushall()

    with pytest.raises(LeaseLostError):
        await bus.publish(entries_of(TICKS, 3), under=[lease])
    assert await bus.epoch() != epoch
    again = await lease_of(bus)
    assert again.number > lease.number
    await bus.publish(entries_of(TICKS, 3), under=[again])
    start = await bus.take_up(GROUP, [TICKS], under=[again])
    assert start == {TICKS: Start(position=0, attempts=1)}
    await bus.close()


async def test_a_commit_after_a_flush_makes_the_group_again(redis: Redis, redis_url: str) -> None:
    bus = RedisStreamsBus(redis_url)
    await bus.take_up(GROUP, [TICKS])
    await redis.flushall()

    await bus.commit(GROUP, {TICKS: 5}, letters=[b"given up"])
    await bus.publish(entries_of(TICKS, 6))

    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 5}
    assert await letters_on(bus) == [b"given up"]
    assert await bus.trim(TICKS, keep=0) == 0
    await bus.close()


async def test_a_flush_under_a_waiting_reader_is_no_error(redis: Redis, redis_url: str) -> None:
    bus = RedisStreamsBus(redis_url)
    await bus.publish(entries_of(TICKS, 1))
    waiting = asyncio.create_task(bus.tail({TICKS: 1}, limit=9, wait=20.0))
    assert not (await asyncio.wait({waiting}, timeout=0.1))[0]

    await redis.flushall()
    await bus.publish(entries_of(TICKS, 2))

    async with asyncio.timeout(3.0):
        assert sequences_of(await waiting) == [2]
    await bus.close()


async def test_a_subject_that_is_no_stream_is_an_error_and_no_success(
    redis: Redis, redis_url: str
) -> None:
    bus = RedisStreamsBus(redis_url)
    await redis.set(key_of(CHAINS), b"something else")

    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bus.publish(entries_of(TICKS, 1) + entries_of(CHAINS, 1) + entries_of(TICKS, 2))
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bus.take_up(GROUP, [CHAINS])
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bus.positions(GROUP, [CHAINS])
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bus.trim(CHAINS, keep=0)
    await bus.close()


async def test_a_commit_that_cannot_move_every_position_moves_none_and_appends_no_letter(
    redis: Redis, redis_url: str
) -> None:
    bus = RedisStreamsBus(redis_url)
    await bus.take_up(GROUP, [TICKS])
    await redis.set(key_of(CHAINS), b"something else")

    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bus.commit(GROUP, {TICKS: 1, CHAINS: 1}, letters=[b"given up"])

    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 0}
    assert await letters_on(bus) == []
    await bus.close()


async def test_a_commit_that_cannot_append_its_letters_moves_nothing(
    redis: Redis, redis_url: str
) -> None:
    bus = RedisStreamsBus(redis_url)
    await bus.take_up(GROUP, [TICKS])
    await redis.set(key_of(DEAD_LETTERS), b"something else")

    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bus.commit(GROUP, {TICKS: 1}, letters=[b"given up"])

    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 0}
    await bus.close()
