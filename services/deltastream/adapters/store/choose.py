"""Chooses the market database from its URL, in this one place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from deltastream.adapters.sqlite.location import database_path
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.ports.store import MarketStore


async def _open_sqlite(url: str) -> MarketStore:
    return await SqliteMarketStore.open(database_path(url))


async def _open_mongodb(url: str) -> MarketStore:
    # Its driver is a tenth of a second of every start, and most meshes have no use for it.
    from deltastream.adapters.store.mongodb.market_store import MongoMarketStore  # noqa: PLC0415

    return await MongoMarketStore.open(url)


_OPENERS: Final[Mapping[str, Callable[[str], Awaitable[MarketStore]]]] = {
    "sqlite": _open_sqlite,
    "mongodb": _open_mongodb,
    "mongodb+srv": _open_mongodb,
}


async def open_store(url: str) -> MarketStore:
    """Open the market database.

    Args:
        url: `sqlite:PATH`, a path relative to the working directory or absolute; or
            `mongodb://HOST:PORT/DATABASE` with credentials and options where needed, or
            `mongodb+srv://`.

    Raises:
        ValueError: no database is known by the URL's scheme, or the one that it names cannot be
            used; the text says why and what to do.
    """
    scheme = url.partition(":")[0]
    if scheme not in _OPENERS:
        known = ", ".join(sorted(_OPENERS))
        # Only the scheme: the rest may hold a password.
        raise ValueError(f"a store's URL starts with one of {known}, and a colon; not {scheme!r}")
    return await _OPENERS[scheme](url)
