"""The log in SQLite."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Self

from deltastream.adapters.logs.matching import size_of
from deltastream.adapters.logs.sqlite.room import drop_oldest, make_room
from deltastream.adapters.logs.sqlite.rows import INSERT, row_of
from deltastream.adapters.logs.sqlite.schema import LOGS_SCHEMA
from deltastream.adapters.logs.sqlite.selecting import select_newest, select_page, select_run
from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.sqlite.connection import DatabaseFile
from deltastream.adapters.sqlite.database import Database
from deltastream.ports.clock import Clock
from deltastream.ports.log_store import LogEntry, LogFilter, LogPage, LogRun
from deltastream.ports.windows import Window

_DEPENDENCY: Final = "log store"
_BEGIN: Final = "INSERT INTO dropped SELECT ? WHERE NOT EXISTS (SELECT * FROM dropped)"
# Rows and their entries in the indexes, on pages that are not full.
_SPREAD: Final = 2


class SqliteLogStore:
    """A LogStore in one file, which only this user can read.

    The bound is that of the database file. Its write-ahead log comes on top: at most 64 MiB.
    """

    def __init__(self, database: Database, *, most_bytes: int, clock: Clock) -> None:
        self._database = database
        self._most_bytes = most_bytes
        self._clock = clock

    @classmethod
    async def open(
        cls, path: Path, *, most_bytes: int, clock: Clock, busy_timeout: float = 5.0
    ) -> Self:
        """Open the file, made anew if it is absent.

        Args:
            path: the database file.
            most_bytes: how large it may become; the oldest records give way.
            clock: the present, for sequences.
            busy_timeout: seconds to wait for another process that holds it.

        Raises:
            DatabaseUnusableError: with the path, the reason, and what to do.
        """
        database = await Database.open(
            DatabaseFile(
                path=path,
                dependency=_DEPENDENCY,
                schema=LOGS_SCHEMA,
                private=True,
                busy_timeout=busy_timeout,
            )
        )
        store = cls(database, most_bytes=most_bytes, clock=clock)
        # Nothing of before the file was made is here.
        await database.write(partial(_begin, microseconds_of(clock())))
        return store

    async def append(self, entries: Sequence[LogEntry]) -> Mapping[str, int]:
        """Keep entries."""
        now = microseconds_of(self._clock())
        return await self._database.write(partial(_append, entries, now, self._most_bytes))

    async def query(self, wanted: LogFilter, window: Window) -> LogPage:
        """List records by their timestamps."""
        return await self._database.read(partial(select_page, wanted=wanted, window=window))

    async def read(self, wanted: LogFilter, *, after: int, limit: int) -> LogRun:
        """Return records in the order of their arrival."""
        return await self._database.read(
            partial(select_run, wanted=wanted, after=after, limit=limit)
        )

    async def newest(self) -> int:
        """Return the sequence of the newest record."""
        return await self._database.read(select_newest)

    async def prune(self, *, before: datetime, limit: int) -> Mapping[str, int]:
        """Drop records that came before a moment."""
        oldest = microseconds_of(before)
        return await self._database.write(partial(drop_oldest, before=oldest, limit=limit))

    async def ping(self) -> None:
        """Return when the database answers."""
        await self._database.ping()

    async def close(self) -> None:
        """Finish what was begun and release the file. Repeating is safe."""
        await self._database.close()


def _begin(now: int, connection: sqlite3.Connection) -> None:
    connection.execute(_BEGIN, (now,))


def _append(
    entries: Sequence[LogEntry], now: int, most_bytes: int, connection: sqlite3.Connection
) -> Mapping[str, int]:
    wanted = _SPREAD * sum(map(size_of, entries))
    dropped = make_room(connection, most_bytes=most_bytes, wanted_bytes=wanted)
    first = max(now, select_newest(connection) + 1)
    rows = (row_of(entry, sequence) for sequence, entry in enumerate(entries, start=first))
    connection.executemany(INSERT, rows)
    return dropped
