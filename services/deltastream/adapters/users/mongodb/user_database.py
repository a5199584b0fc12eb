"""The user database in MongoDB."""

from typing import Final, Self

from deltastream.adapters.users.mongodb.api_keys import MongoApiKeyStore
from deltastream.adapters.users.mongodb.connection import UserConnection
from deltastream.adapters.users.mongodb.sessions import MongoSessionStore
from deltastream.adapters.users.mongodb.users import MongoUserStore


class MongoUserDatabase:
    """A UserDatabase in one database of a MongoDB server, replica set or sharded cluster.

    A document an account, a session, a key. That of racing refreshes one succeeds rests on the
    server comparing and changing a document atomically, as MongoDB does; FerretDB 1 does not.
    Acknowledged writes are journaled by the majority of the members.
    """

    def __init__(self, connection: UserConnection) -> None:
        self._connection = connection
        self.users: Final = MongoUserStore(connection)
        self.sessions: Final = MongoSessionStore(connection)
        self.api_keys: Final = MongoApiKeyStore(connection)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, and make the indexes that are not there yet.

        A server that does not answer yet is no error: calls say so until it does.

        Args:
            url: `mongodb://` or `mongodb+srv://`; its path names the database, `deltastream`
                where there is none.

        Raises:
            DatabaseUnusableError: the URL is not understood, or the server refuses it.
        """
        return cls(await UserConnection.open(url))

    async def ping(self) -> None:
        """Return when the database answers."""
        async with self._connection.call() as database:
            await database.command("ping")

    async def close(self) -> None:
        """Finish what was begun and disconnect. Repeating is safe."""
        await self._connection.close()
