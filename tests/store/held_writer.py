"""Holds a SQLite store's writer, so that a test decides what waits together."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deltastream.adapters.sqlite.connection_thread import ConnectionThread
from deltastream.adapters.sqlite.writer import Writer
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore

_LONGEST_HOLD = 20.0


def writer_of(store: SqliteMarketStore) -> Writer:
    return store._database._writer


def thread_of(store: SqliteMarketStore) -> ConnectionThread:
    return writer_of(store)._thread


def waiting(store: SqliteMarketStore) -> int:
    """Return how many writes wait for the next commit."""
    return len(writer_of(store)._waiting)


@contextmanager
def held(store: SqliteMarketStore) -> Iterator[None]:
    """Let nothing be written inside the block."""
    released = threading.Event()
    thread_of(store).run(lambda _: released.wait(_LONGEST_HOLD))
    try:
        yield
    finally:
        released.set()


async def until(condition: Callable[[], bool]) -> None:
    """Let other tasks run until a condition holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nothing announces what a condition looks at
            await asyncio.sleep(0)
