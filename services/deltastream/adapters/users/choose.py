"""Chooses the user store from its URL, in this one place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from deltastream.adapters.sqlite.location import database_path
from deltastream.adapters.users.sqlite import SqliteUserStore
from deltastream.ports.users import UserStore


async def _open_sqlite(url: str) -> UserStore:
    return await SqliteUserStore.open(database_path(url))


_OPENERS: Final[Mapping[str, Callable[[str], Awaitable[UserStore]]]] = {
    "sqlite": _open_sqlite,
}


async def open_users(url: str) -> UserStore:
    """Open the user store.

    Args:
        url: `sqlite:PATH`, a path relative to the working directory or absolute. Only this user
            can read the file.

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
