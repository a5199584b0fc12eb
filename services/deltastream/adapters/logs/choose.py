"""Chooses the log store from its URL, in this one place."""

from typing import Final

from deltastream.adapters.logs.memory import MemoryLogStore
from deltastream.adapters.logs.sqlite.log_store import SqliteLogStore
from deltastream.adapters.sqlite.location import FORM, SCHEME, database_path
from deltastream.ports.clock import Clock
from deltastream.ports.log_store import LogStore

_MEMORY: Final = "memory:"


async def open_logs(url: str, *, most_bytes: int, clock: Clock) -> LogStore:
    """Open the log store.

    Args:
        url: `sqlite:PATH`, a path relative to the working directory or absolute, or `memory:`.
        most_bytes: how much it holds.
        clock: the present, for sequences.

    Raises:
        ValueError: no store is known by the URL, or the one that it names cannot be used; the text
            says why and what to do.
    """
    if url == _MEMORY:
        return MemoryLogStore(most_bytes=most_bytes, clock=clock)
    if url.partition(":")[0] == SCHEME:
        return await SqliteLogStore.open(database_path(url), most_bytes=most_bytes, clock=clock)
    raise ValueError(f"no log store is known by {url!r}; write {FORM} or {_MEMORY}")
