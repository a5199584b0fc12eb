"""A connection and the thread that uses it."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeVar

Answer = TypeVar("Answer")


class ConnectionThread:
    """One connection, opened, used and closed by one thread of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], *, name: str) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    @classmethod
    async def open(cls, connect: Callable[[], sqlite3.Connection], *, name: str) -> Self:
        """Start the thread and connect in it; what `connect` raises is raised."""
        thread = cls(connect, name=name)
        try:
            await asyncio.wrap_future(thread._thread.submit(thread._begin))
        except BaseException:
            thread._release()
            raise
        return thread

    def run(self, work: Callable[[sqlite3.Connection], Answer]) -> Future[Answer]:
        """Run work on the connection, after what was given before."""
        if self._connection is None:
            raise RuntimeError("the connection is closed")
        return self._thread.submit(work, self._connection)

    async def close(self) -> None:
        """Finish what was given, then close the connection."""
        self._release()
        await asyncio.to_thread(self._thread.shutdown)

    def _begin(self) -> None:
        self._connection = self._connect()

    def _release(self) -> None:
        self._thread.submit(self._end)
        self._thread.shutdown(wait=False)

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
