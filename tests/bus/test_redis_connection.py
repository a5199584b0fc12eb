"""The client of Redis: what its URL may say, what it never tells, how its failures are read."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import connection as driver
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from deltastream.adapters.bus.redis_log import _first_reply
from deltastream.adapters.redis_connection import answering, open_redis
from deltastream.domain.errors import DependencyUnavailableError


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://localhost", "starts with one of redis, rediss, unix"),
        ("unix://", "names no socket"),
        ("redis://localhost/first", "the number of a database"),
        ("redis://localhost?socket_timeout=60", "may not set socket_timeout"),
        ("redis://localhost?max_connections=1&protocol=3", "may not set max_connections, protocol"),
        ("redis://localhost?colour=red", "an option that is not known.*colour"),
        ("unix:///run/redis.sock?db=first", "Invalid value for 'db'"),
    ],
)
def test_a_url_that_would_be_misread_is_refused(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        open_redis(url, retries=0, connections=1)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://localhost", driver.Connection),
        ("rediss://localhost", driver.SSLConnection),
        ("REDISS://localhost", driver.SSLConnection),
        ("unix:///run/redis.sock", driver.UnixDomainSocketConnection),
    ],
)
def test_the_scheme_says_what_to_connect_over(
    url: str, kind: type[driver.AbstractConnection]
) -> None:
    pool: Any = open_redis(url, retries=0, connections=1).connection_pool

    assert isinstance(pool.make_connection(), kind)


async def test_what_the_server_does_not_take_is_waited_for_and_given_up(tmp_path: Path) -> None:
    done = asyncio.Event()

    async def greet_and_read_no_more(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while b"$3\r\nSET\r\n" not in (said := await reader.read(4096)):
            writer.write(b"+OK\r\n" * said.count(b"CLIENT"))
        await done.wait()
        writer.close()

    socket = tmp_path / "deaf.sock"
    client = open_redis(f"unix://{socket}", retries=0, connections=1)
    async with await asyncio.start_unix_server(greet_and_read_no_more, socket):
        with pytest.raises(RedisTimeoutError, match="writing"):
            await client.set("key", bytes(16_000_000))
        done.set()
        await client.aclose()


async def test_credentials_are_in_no_repr() -> None:
    client = open_redis("redis://user:secret@localhost/2", retries=0, connections=1)

    assert client.connection_pool.connection_kwargs["password"] == "secret"  # noqa: S105 - an example
    assert client.connection_pool.connection_kwargs["db"] == 2
    assert "secret" not in repr(client) + repr(client.connection_pool)
    await client.aclose()


@pytest.mark.parametrize(
    "error",
    [
        RedisConnectionError("refused"),
        RedisTimeoutError("no reply"),
        BusyLoadingError("loading"),
        OutOfMemoryError("maxmemory"),
        ReadOnlyError("a replica"),
        ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
        ResponseError("@user_script: 12: -OOM command not allowed when used memory > 'maxmemory'."),
        ResponseError("ERR Error running script: @user_script: 9: -MISCONF Errors writing to it"),
    ],
)
async def test_what_may_pass_is_called_unavailable(error: RedisError) -> None:
    with pytest.raises(DependencyUnavailableError, match="bus does not answer") as caught:
        async with answering("bus"):
            raise error

    assert caught.value.metadata == {"dependency": "bus"}
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("wrong"),
        ResponseError("ERR syntax"),
        ResponseError("WRONGTYPE Operation against a key of another kind, OOM or not"),
    ],
)
async def test_what_will_not_pass_stays_what_it_is(error: RedisError) -> None:
    with pytest.raises(type(error)) as caught:
        async with answering("bus"):
            raise error

    assert caught.value is error


@pytest.mark.parametrize("outcome", [None, RedisConnectionError("reset")])
async def test_a_cancellation_that_the_driver_kept_to_itself_still_happens(
    outcome: RedisError | None,
) -> None:
    async def forgetful() -> None:
        async with answering("bus"):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if outcome is not None:
                    raise outcome from None

    task = asyncio.create_task(forgetful())
    await asyncio.wait({task}, timeout=0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_wait_whose_cancellation_the_driver_kept_to_itself_ends_with_that_read() -> None:
    reads = 0

    async def forgetful(_: int | None) -> list[object]:
        nonlocal reads
        reads += 1
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return []

    task = asyncio.create_task(_first_reply(forgetful, wait=60.0))
    await asyncio.wait({task}, timeout=0.01)
    task.cancel()

    async with asyncio.timeout(10.0):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert reads == 1


async def test_cleaning_up_after_a_cancellation_may_use_the_server() -> None:
    used = False

    async def tidy() -> None:
        nonlocal used
        try:
            await asyncio.Event().wait()
        finally:
            async with answering("bus"):
                await asyncio.sleep(0)
            used = True

    task = asyncio.create_task(tidy())
    await asyncio.wait({task}, timeout=0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert used
