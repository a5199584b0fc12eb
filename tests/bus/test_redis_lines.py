"""Connections to Redis that are used as they are, each for one command at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from tests.fixtures.eventually import eventually

from deltastream.adapters.redis_connection import open_pool
from deltastream.adapters.redis_lines import RedisLines, Script

Open = Callable[..., RedisLines]


@pytest.fixture
async def opened(redis_url: str) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        def open_lines(*, retries: int = 0, connections: int = 8) -> RedisLines:
            pool = open_pool(redis_url, retries=retries, connections=connections)
            lines = RedisLines(pool)
            stack.push_async_callback(lines.close)
            return lines

        yield open_lines


async def name_of(lines: RedisLines) -> int:
    return int(await lines.call("CLIENT", "ID"))


async def blocked(redis: Redis) -> int:
    return int((await redis.info("clients"))["blocked_clients"])


async def test_a_reply_is_what_the_wire_says(opened: Open) -> None:
    lines = opened()

    assert await lines.call("RPUSH", "list", b"\x00\xff", "text", 3) == 3
    assert await lines.call("LRANGE", "list", 0, -1) == [b"\x00\xff", b"text", b"3"]
    assert await lines.call("GET", "nothing") is None
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await lines.call("GET", "list")


async def test_commands_one_after_the_other_share_a_connection(opened: Open) -> None:
    lines = opened()
    first = await name_of(lines)
    with pytest.raises(ResponseError):
        await lines.call("NO-SUCH-COMMAND")

    assert await name_of(lines) == first


async def test_commands_at_the_same_time_have_a_connection_each(opened: Open) -> None:
    lines = opened()

    assert len(set(await asyncio.gather(*(name_of(lines) for _ in range(8))))) == 8


async def test_who_finds_all_connections_busy_waits_for_one(opened: Open, redis: Redis) -> None:
    lines = opened(connections=1)
    holds = asyncio.create_task(lines.call("BLPOP", "list", 0))
    await eventually(lambda: blocked(redis), bool)
    waits = asyncio.create_task(lines.call("GET", "key"))
    await asyncio.wait({waits}, timeout=0.05)
    assert not waits.done()

    await redis.rpush("list", "one")

    assert await holds == [b"list", b"one"]
    assert await waits is None


async def test_a_connection_that_was_lost_while_it_rested_is_replaced(
    opened: Open, redis: Redis
) -> None:
    lines = opened(retries=0)
    first = await name_of(lines)
    await redis.client_kill_filter(_id=str(first))

    assert await name_of(lines) != first


@pytest.mark.parametrize("retries", [0, 1])
async def test_a_connection_that_is_lost_before_it_answers_is_tried_as_often_as_it_says(
    opened: Open, redis: Redis, retries: int
) -> None:
    lines = opened(retries=retries)
    call = asyncio.create_task(lines.call("BLPOP", "list", 0))
    await eventually(lambda: blocked(redis), bool)

    await redis.client_kill_filter(_type="normal", skipme=True)

    if retries:
        await redis.rpush("list", "one")
        assert await call == [b"list", b"one"]
    else:
        with pytest.raises(RedisConnectionError):
            await call


async def test_who_comes_after_a_cancelled_command_gets_its_own_reply(
    opened: Open, redis: Redis
) -> None:
    lines = opened(connections=1)
    call = asyncio.create_task(lines.call("BLPOP", "list", 0))
    await eventually(lambda: blocked(redis), bool)
    call.cancel()
    await asyncio.wait({call})
    assert call.cancelled()

    assert await lines.call("RPUSH", "list", "one") == 1
    assert await lines.call("LLEN", "list") == 1


async def test_closing_ends_what_rests_and_what_is_under_way(opened: Open, redis: Redis) -> None:
    lines = opened()
    before = len(await redis.client_list())
    await asyncio.gather(name_of(lines), name_of(lines))
    call = asyncio.create_task(lines.call("BLPOP", "list", 0))
    await eventually(lambda: blocked(redis), bool)

    await lines.close()

    with pytest.raises(RedisConnectionError):
        await call
    await eventually(redis.client_list, lambda clients: len(clients) == before)


async def test_a_script_is_sent_where_the_server_does_not_have_it(
    opened: Open, redis: Redis
) -> None:
    script = Script(opened(), "return {KEYS[1], ARGV[1]}")
    for _ in range(2):
        await redis.script_flush()
        for _ in range(2):
            assert await script(keys=["a"], args=[b"b"]) == [b"a", b"b"]

    digest = script._digest
    assert await redis.script_exists(digest) == [True]
