"""The user database in SQLite."""

from pathlib import Path
from typing import Final, Self

from deltastream.adapters.sqlite.connection import DatabaseFile
from deltastream.adapters.sqlite.database import Database
from deltastream.adapters.users.sqlite.api_keys import SqliteApiKeyStore
from deltastream.adapters.users.sqlite.schema import USERS_SCHEMA
from deltastream.adapters.users.sqlite.sessions import SqliteSessionStore
from deltastream.adapters.users.sqlite.users import SqliteUserStore

_DEPENDENCY: Final = "user store"


class SqliteUserDatabase:
    """A UserDatabase in one file, which only this user can read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.users: Final = SqliteUserStore(database)
        self.sessions: Final = SqliteSessionStore(database)
        self.api_keys: Final = SqliteApiKeyStore(database)

    @classmethod
    async def open(cls, path: Path, *, busy_timeout: float = 5.0) -> Self:
        """Open the file, made anew if it is absent.

        Args:
            path: the database file.
            busy_timeout: seconds to wait for another process that holds it.

        Raises:
            DatabaseUnusableError: with the path, the reason, and what to do.
        """
        file = DatabaseFile(
            path=path,
            dependency=_DEPENDENCY,
            schema=USERS_SCHEMA,
            private=True,
            busy_timeout=busy_timeout,
        )
        return cls(await Database.open(file))

    async def ping(self) -> None:
        """Return when the database answers."""
        await self._database.ping()

    async def close(self) -> None:
        """Finish what was begun and release the file. Repeating is safe."""
        await self._database.close()
