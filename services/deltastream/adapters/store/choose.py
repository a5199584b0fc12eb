"""Chooses the market database from its URL, in this one place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from deltastream.adapters.sqlite.location import database_path
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.ports.store import MarketStore


async def _open_sqlite(url: str) -> MarketStore:
    return await SqliteMarketStore.open(database_path(url))


_OPENERS: Final[Mapping[str, Callable[[str], Awaitable[MarketStore]]]] = {
    "sqlite": _open_sqlite,
}


async def open_store(url: str) -> MarketStore:
    """Open the market database.

    Args:
        url: `sqlite:PATH`, a path relative to the working directory or absolute.

    Raises:
        ValueError: no database is known by the URL's scheme, or the one that it names cannot be
            used; the text says why and what to do.
    """
    scheme = url.partition(":")[0]
    if scheme not in _OPENERS:
        known = ", ".join(sorted(_OPENERS))
        raise ValueError(f"store {url!r} has no known scheme; known are: {known}")
    return await _OPENERS[scheme](url)
