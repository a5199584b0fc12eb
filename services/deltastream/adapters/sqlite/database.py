"""A SQLite database for asyncio: one writer with group commit, a few readers."""

import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Final, Self, TypeVar

from deltastream.adapters.sqlite.connection import (
    DatabaseFile,
    open_for_reading,
    open_for_writing,
)
from deltastream.adapters.sqlite.connection_thread import ConnectionThread
from deltastream.adapters.sqlite.failures import translated
from deltastream.adapters.sqlite.readers import Readers
from deltastream.adapters.sqlite.writer import Writer

Answer = TypeVar("Answer")
Work = Callable[[sqlite3.Connection], Answer]

_READERS: Final = 4


class Database:
    """One database file, with all its connections.

    Reads see everything that has been acknowledged, and never wait for writes.
    """

    def __init__(
        self, *, dependency: str, writer: Writer, readers: Readers, opened: AsyncExitStack
    ) -> None:
        self._dependency = dependency
        self._writer = writer
        self._readers = readers
        self._opened = opened

    @classmethod
    async def open(cls, file: DatabaseFile) -> Self:
        """Open the file, made anew if it is absent.

        Raises:
            DatabaseUnusableError: with the path, the reason, and what to do.
        """
        async with AsyncExitStack() as opened:
            threads = []
            for number, connect in enumerate([open_for_writing] + [open_for_reading] * _READERS):
                thread = await ConnectionThread.open(
                    partial(connect, file), name=f"sqlite-{file.path.stem}-{number}"
                )
                opened.push_async_callback(thread.close)
                threads.append(thread)
            return cls(
                dependency=file.dependency,
                writer=Writer(threads[0], dependency=file.dependency, patience=file.busy_timeout),
                readers=Readers(threads[1:], dependency=file.dependency),
                opened=opened.pop_all(),
            )

    async def write(self, work: Work[Answer]) -> Answer:
        """Do the work in a transaction and return its answer when it is durable.

        A cancelled caller stops waiting; its write may be made all the same.

        Raises:
            DependencyUnavailableError: the database did not answer, or is closed.
            InvalidValueError: the work wrote a value that cannot be.
        """
        with translated(self._dependency):
            return await self._writer.write(work)

    async def read(self, work: Work[Answer]) -> Answer:
        """Do the work on a connection that only reads.

        Raises:
            DependencyUnavailableError: the database did not answer, or is closed.
        """
        with translated(self._dependency):
            return await self._readers.read(work)

    async def ping(self) -> None:
        """Return when the file can be read.

        Raises:
            DependencyUnavailableError: the database did not answer, or is closed.
        """
        await self.read(_touch)

    async def close(self) -> None:
        """Finish what was begun and close the file. Repeating is safe."""
        self._writer.close()
        self._readers.close()
        await self._opened.aclose()


def _touch(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
