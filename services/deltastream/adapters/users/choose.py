"""Chooses the user database from its URL, in this one place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from deltastream.adapters.sqlite.location import database_path
from deltastream.adapters.users.sqlite.user_database import SqliteUserDatabase
from deltastream.ports.users import UserDatabase


async def _open_sqlite(url: str) -> UserDatabase:
    return await SqliteUserDatabase.open(database_path(url))


async def _open_mongodb(url: str) -> UserDatabase:
    # Its driver is a tenth of a second of every start, and most meshes have no use for it.
    from deltastream.adapters.users.mongodb.user_database import (  # noqa: PLC0415
        MongoUserDatabase,
    )

    return await MongoUserDatabase.open(url)


_OPENERS: Final[Mapping[str, Callable[[str], Awaitable[UserDatabase]]]] = {
    "sqlite": _open_sqlite,
    "mongodb": _open_mongodb,
    "mongodb+srv": _open_mongodb,
}


async def open_users(url: str) -> UserDatabase:
    """Open the user database.

    Args:
        url: `sqlite:PATH`, a path relative to the working directory or absolute. Only this user
            can read the file. Or `mongodb://HOST:PORT/DATABASE` with credentials and options
            where needed, or `mongodb+srv://`.

    Raises:
        ValueError: no database is known by the URL's scheme, or the one that it names cannot be
            used; the text says why and what to do.
    """
    scheme = url.partition(":")[0]
    if scheme not in _OPENERS:
        known = ", ".join(sorted(_OPENERS))
        # Not the URL itself: it may hold a password.
        raise ValueError(f"the user store's URL has no known scheme; known are: {known}")
    return await _OPENERS[scheme](url)
