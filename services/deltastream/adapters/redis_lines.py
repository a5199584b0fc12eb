"""Commands to Redis by the short way, for those that come with every event.

For what is not needed here, telemetry of its own, observers, two locks and a timer around its
pool, the driver's client makes 170 of the 440 calls of Python that it takes to publish an entry.
Its connections have none of it, and are used as they are: they connect and authenticate, keep
deadlines, and read replies in C.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any, Final

from deltastream.adapters.redis_library import (
    AbstractConnection,
    BlockingConnectionPool,
    NoScriptError,
)


class RedisLines:
    """Connections, each for one command at a time; made when needed, and kept.

    Replies are those of the wire, in bytes. A connection that was lost meanwhile is replaced
    before a command is sent; one that is lost then is tried as often as the connections say.
    """

    def __init__(self, pool: BlockingConnectionPool) -> None:
        """Make lines.

        Args:
            pool: makes the connections, and says how many there may be; it is used for nothing
                else.
        """
        self._pool = pool
        self._room = asyncio.Semaphore(pool.max_connections)
        self._idle: list[AbstractConnection] = []
        self._busy: set[AbstractConnection] = set()

    async def call(self, *command: Any) -> Any:
        """Send a command and return its reply. Who finds all connections busy waits.

        Raises:
            RedisError: the reply is an error, or there is none.
        """
        async with self._room:
            connection = self._idle.pop() if self._idle else self._new()
            self._busy.add(connection)
            try:
                return await connection.retry.call_with_retry(
                    lambda: _ask(connection, command), lambda _: connection.disconnect()
                )
            finally:
                self._busy.discard(connection)
                self._idle.append(connection)

    def _new(self) -> AbstractConnection:
        connection: AbstractConnection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        return connection

    async def close(self) -> None:
        """Close all connections; a command that is under way fails."""
        for connection in (*self._idle, *self._busy):
            await connection.disconnect()


class Script:
    """A script that the server keeps: it is called by its digest, and sent where it is missing."""

    def __init__(self, lines: RedisLines, text: str) -> None:
        self._lines = lines
        self._text: Final = text
        self._digest: Final = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, *, keys: Sequence[Any], args: Sequence[Any]) -> Any:
        """Run the script.

        Raises:
            RedisError: the reply is an error, or there is none.
        """
        try:
            return await self._lines.call("EVALSHA", self._digest, len(keys), *keys, *args)
        except NoScriptError:
            return await self._lines.call("EVAL", self._text, len(keys), *keys, *args)


async def _ask(connection: AbstractConnection, command: Sequence[Any]) -> Any:
    # At the end of the stream, or with bytes that nobody asked for: it answers no more.
    if connection.is_connected and await connection.can_read():
        await connection.disconnect()
    await connection.send_command(*command)
    return await connection.read_response()
