"""A private redis-server for a mesh on one machine, as a child process."""

import asyncio
import errno
import os
from asyncio.subprocess import DEVNULL, STDOUT, Process
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from deltastream.runtime.redis_executable import RedisNotFoundError, find_redis_server

__all__ = [
    "LONGEST_SOCKET_PATH",
    "EmbeddedRedis",
    "RedisNotFoundError",
    "RedisNotReadyError",
    "redis_command",
    "redis_url",
]

_POLL_SECONDS: Final = 0.02
_LAST_WORDS: Final = 2000
# Linux takes 107 bytes, macOS 103.
LONGEST_SOCKET_PATH: Final = 103


class RedisNotReadyError(Exception):
    """A redis-server was started and does not answer; the text ends with what it said."""


def redis_command(*, folder: Path, socket: Path) -> tuple[str, ...]:
    """Return the command of a private redis-server, and make the folder of its data.

    It listens on a Unix socket that only this user can open. Every write is appended to a file
    that is synced each second; nothing is evicted, and no snapshots are taken.

    Raises:
        RedisNotFoundError: no redis-server can be used.
        OSError: the folder cannot be made, or the system has no sockets of such a long name.
    """
    executable = find_redis_server()
    if len(os.fsencode(socket)) > LONGEST_SOCKET_PATH:
        raise OSError(
            errno.ENAMETOOLONG,
            f"a socket's path has at most {LONGEST_SOCKET_PATH} bytes; choose a shorter folder",
            str(socket),
        )
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return (str(executable), *(word for name in options for word in (f"--{name}", options[name])))


def redis_url(socket: Path) -> str:
    """Return the URL of a server that listens on a Unix socket."""
    return f"unix://{quote(str(socket))}"


class EmbeddedRedis:
    """A private redis-server, from its start to its end; it may be started again.

    Use it as an asynchronous context manager, or call `start` and `stop`.

    Args:
        folder: where it keeps its data, and its log in `redis.log`.
        socket: where it listens, and is found again after a restart.
        ready_within: seconds that a start may take.
        stop_within: seconds that it may take to end before it is killed.
    """

    def __init__(
        self,
        *,
        folder: Path,
        socket: Path,
        ready_within: float = 10.0,
        stop_within: float = 5.0,
    ) -> None:
        self.url = redis_url(socket)
        self._folder = folder
        self._socket = socket
        self._ready_within = ready_within
        self._stop_within = stop_within
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process id; None while it does not run."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start the server and return when it answers.

        Raises:
            RedisNotFoundError: there is no redis-server to start.
            RedisNotReadyError: it ended, or did not answer in time.
            OSError: its folder cannot be used.
        """
        command = redis_command(folder=self._folder, socket=self._socket)
        with (self._folder / "redis.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                # A Ctrl-C is for the program that started it, which ends it in its turn.
                start_new_session=True,
            )
        try:
            await self._wait_until_ready(self._process)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the server by SIGTERM, or by SIGKILL when that takes too long. Repeating is safe."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self._stop_within):
                await process.wait()
        except TimeoutError:
            await self.kill()
        except asyncio.CancelledError:
            process.kill()
            raise

    async def kill(self) -> None:
        """End the server by SIGKILL, as a crash would, and return when it has ended."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._socket.unlink(missing_ok=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _wait_until_ready(self, process: Process) -> None:
        try:
            async with asyncio.timeout(self._ready_within):
                while not await _answers(self._socket):
                    if process.returncode is not None:
                        raise RedisNotReadyError(
                            f"redis-server ended with status {process.returncode}:\n{self._said()}"
                        )
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise RedisNotReadyError(
                f"redis-server did not answer in {self._ready_within} s:\n{self._said()}"
            ) from None

    def _said(self) -> str:
        log = (self._folder / "redis.log").read_text(encoding="utf-8", errors="replace")
        return log[-_LAST_WORDS:].strip()


async def _answers(socket: Path) -> bool:
    """Ask for PONG; a server that is still loading its data says something else."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()
