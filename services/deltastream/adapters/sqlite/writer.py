"""Writes, in one thread."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

from deltastream.adapters.sqlite.connection_thread import ConnectionThread
from deltastream.adapters.sqlite.group_commit import Job, commit_together
from deltastream.adapters.sqlite.places import Places

Answer = TypeVar("Answer")

WAITING_WRITES: Final = 64


class Writer:
    """Commits writes in groups: whatever came while one group was committed is the next.

    Up to WAITING_WRITES are held, those being committed included. When there are so many, callers
    wait, in order.
    """

    def __init__(self, thread: ConnectionThread, *, dependency: str, patience: float) -> None:
        """Write on a connection.

        Args:
            thread: has the connection.
            dependency: what errors call the database.
            patience: seconds to wait for another process that writes.
        """
        self._thread = thread
        self._patience = patience
        self._waiting: deque[Job] = deque()
        self._places = Places(WAITING_WRITES, dependency=dependency)

    async def write(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Do the work in a transaction and return its answer when it is durable.

        A cancelled caller stops waiting. If it had a place, its write goes on as if nothing had
        happened; if it had none, nothing is written.
        """
        await self._places.take()
        job = Job(work)
        self._waiting.append(job)
        self._thread.run(self._commit_waiting)
        outcome: asyncio.Future[Answer] = asyncio.wrap_future(job.outcome)
        outcome.add_done_callback(lambda _: self._places.give_back())
        return await asyncio.shield(outcome)

    def close(self) -> None:
        """Take no more writes."""
        self._places.close()

    def _commit_waiting(self, connection: sqlite3.Connection) -> None:
        """Commit what is waiting, which an earlier call may have done already."""
        group = [self._waiting.popleft() for _ in range(len(self._waiting))]
        commit_together(connection, group, patience=self._patience)
