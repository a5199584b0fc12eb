"""A connection to MongoDB for asyncio: bounded in time and in number."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final, Self

import pymongo
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from deltastream.adapters.store.mongodb.failures import (
    DEPENDENCY,
    DatabaseUnusableError,
    translated,
    usable,
)
from deltastream.adapters.store.mongodb.location import FORM, Location
from deltastream.domain.errors import DependencyUnavailableError

Document = dict[str, Any]
MarketDatabase = AsyncDatabase[Document]
Prepare = Callable[[MarketDatabase], Awaitable[None]]

_CALLS: Final = 64
# What the URL sets holds instead. `timeoutMS` is all the time that a call has: to find a server, to
# connect, and to be answered. A write is retried by the driver only where the server can tell a
# repetition from a new write: in replica sets and sharded clusters.
_DEFAULTS: Final[dict[str, Any]] = {
    "timeoutMS": 4000,
    "connectTimeoutMS": 2000,
    "maxPoolSize": 16,
    "retryWrites": True,
    "retryReads": True,
    "appname": "deltastream",
}
# Acknowledged is durable, whatever the URL says.
_DURABLE: Final = WriteConcern(w="majority", j=True)


class Connection:
    """One database. At most 64 calls are under way; further callers wait, in order.

    What must be there before the first call, its indexes, is prepared once: when it is opened, or
    when the database first answers.
    """

    def __init__(
        self, client: AsyncMongoClient[Document], database: str, *, prepare: Prepare
    ) -> None:
        self._client = client
        self._database = client.get_database(database, write_concern=_DURABLE)
        self._prepare = prepare
        self._prepared = False
        self._preparing = asyncio.Lock()
        self._calls = asyncio.Semaphore(_CALLS)
        self._closed = False

    @classmethod
    async def open(cls, location: Location, *, prepare: Prepare) -> Self:
        """Connect, and prepare the database if it answers.

        One that does not answer yet is no error: calls say so until it does.

        Raises:
            DatabaseUnusableError: the URL is not understood, or the server refuses it.
        """
        async with AsyncExitStack() as opened:
            client = _client_of(location)
            opened.push_async_callback(client.close)
            connection = cls(client, location.database, prepare=prepare)
            with suppress(DependencyUnavailableError), translated(), usable():
                await connection._be_prepared()
            opened.pop_all()
            return connection

    @asynccontextmanager
    async def call(self) -> AsyncIterator[MarketDatabase]:
        """Hand out the database for one call, all of which has the URL's `timeoutMS`.

        Raises:
            DependencyUnavailableError: the database did not answer in time, or is closed.
            InvalidValueError: a value cannot be stored.
        """
        async with self._calls:
            if self._closed:
                raise DependencyUnavailableError(DEPENDENCY)
            with translated(), pymongo.timeout(self._client.options.timeout):
                await self._be_prepared()
                yield self._database

    async def close(self) -> None:
        """Let nobody in any more, finish what was begun, and disconnect. Repeating is safe."""
        if self._closed:
            return
        self._closed = True
        for _ in range(_CALLS):
            await self._calls.acquire()
        await self._client.close()
        for _ in range(_CALLS):
            self._calls.release()

    async def _be_prepared(self) -> None:
        async with self._preparing:
            if not self._prepared:
                await self._prepare(self._database)
                self._prepared = True


def _client_of(location: Location) -> AsyncMongoClient[Document]:
    """Make a client; it connects when first used.

    Raises:
        DatabaseUnusableError: the driver does not understand the URL. What it says of it can hold
            parts of a password, so it is not repeated.
    """
    unset = {
        name: value for name, value in _DEFAULTS.items() if name.lower() not in location.options
    }
    try:
        with warnings.catch_warnings():
            # The driver warns of an option that it does not know, and goes on without it.
            warnings.simplefilter("error", UserWarning)
            return AsyncMongoClient(location.url, **unset)
    except (PyMongoError, UserWarning, ValueError) as error:
        raise DatabaseUnusableError(
            f"the MongoDB URL is not understood ({type(error).__name__}): write {FORM},"
            " percent-encode what a password has of / ? # @ :, and check the URL's options"
        ) from None
