"""Reads, a few at a time."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from deltastream.adapters.sqlite.connection_thread import ConnectionThread
from deltastream.adapters.sqlite.places import Places

Answer = TypeVar("Answer")


class Readers:
    """Runs each read on an idle connection. When none is idle, callers wait, in order."""

    def __init__(self, threads: Sequence[ConnectionThread], *, dependency: str) -> None:
        self._idle = list(threads)
        self._places = Places(len(threads), dependency=dependency)

    async def read(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Run one read.

        A cancelled caller stops waiting; its connection is idle again when the read is over.
        """
        await self._places.take()
        reader = self._idle.pop()
        answer = asyncio.wrap_future(reader.run(work))
        answer.add_done_callback(lambda _: self._release(reader))
        return await asyncio.shield(answer)

    def close(self) -> None:
        """Take no more reads."""
        self._places.close()

    def _release(self, reader: ConnectionThread) -> None:
        self._idle.append(reader)
        self._places.give_back()
