"""A connection to MongoDB, whose failures are those of the user store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self

from pymongo import ASCENDING

from deltastream.adapters.store.mongodb.connection import Connection, Document, MarketDatabase
from deltastream.adapters.store.mongodb.location import location_of
from deltastream.domain.errors import DependencyUnavailableError

Database = MarketDatabase
_DEPENDENCY: Final = "user store"
_Keys = list[tuple[str, int]]
# By name within each collection. A name is not given to other keys later: MongoDB refuses that.
_INDEXES: Final[dict[str, dict[str, _Keys]]] = {
    "users": {"refusing": [("tokens_before_us", ASCENDING)]},
    "sessions": {
        "of_user": [("user_id", ASCENDING)],
        "expiring": [("expires_at_us", ASCENDING)],
        "ended": [("ended_at_us", ASCENDING)],
    },
    "api_keys": {
        "of_user": [("user_id", ASCENDING), ("created_at_us", ASCENDING)],
        "deleted": [("deleted_at_us", ASCENDING)],
    },
}

__all__ = ["Database", "Document", "UserConnection"]


class UserConnection:
    """One database; at most 64 calls are under way, and further callers wait, in order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, and make the indexes that are not there yet.

        Raises:
            DatabaseUnusableError: the URL is not understood, or the server refuses it.
        """
        return cls(await Connection.open(location_of(url), prepare=_ensure_indexes))

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Database]:
        """Hand out the database for one call, all of which has the URL's `timeoutMS`.

        Raises:
            DependencyUnavailableError: the database did not answer in time, or is closed.
        """
        try:
            async with self._connection.call() as database:
                yield database
        except DependencyUnavailableError as error:
            raise DependencyUnavailableError(_DEPENDENCY) from error.__cause__

    async def close(self) -> None:
        """Finish what was begun and disconnect. Repeating is safe."""
        await self._connection.close()


async def _ensure_indexes(database: Database) -> None:
    await database["users"].create_index([("email", ASCENDING)], name="by_email", unique=True)
    for collection, indexes in _INDEXES.items():
        for name, keys in indexes.items():
            # One at a time: some servers fail when several of those asked for are there.
            await database[collection].create_index(keys, name=name)
