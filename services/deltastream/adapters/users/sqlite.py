"""The user store in SQLite."""

import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from deltastream.adapters.sqlite.connection import DatabaseFile
from deltastream.adapters.sqlite.database import Database
from deltastream.adapters.sqlite.migrations import Schema
from deltastream.adapters.sqlite.moments import microseconds_of, moment_of
from deltastream.domain.errors import EmailTakenError, InvalidValueError
from deltastream.ports.users import User

_DEPENDENCY: Final = "user store"
# created_at is in microseconds since 1970-01-01T00:00:00Z, roles are a JSON array.
_VERSION_1: Final = (
    """
    CREATE TABLE users (
        id TEXT NOT NULL PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        roles TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        password_hash BLOB NOT NULL
    )
    """,
)
USERS_SCHEMA: Final = Schema(application_id=0x44535553, migrations=(_VERSION_1,))
"""The application id is "DSUS" in ASCII."""

_ADD: Final = (
    "INSERT INTO users (id, email, name, roles, created_at, password_hash)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING"
)
_SELECT: Final = "SELECT id, email, name, roles, created_at, password_hash FROM users WHERE "


class SqliteUserStore:
    """A UserStore in one file, which only this user can read."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    async def add(self, user: User) -> None:
        """Store a new account.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
            InvalidValueError: the e-mail address is not in lower case.
        """
        if user.email != user.email.lower():
            raise InvalidValueError("email", "must be in lower case")
        if not await self._database.write(partial(_add, user=user)):
            raise EmailTakenError

    async def by_email(self, email: str) -> User | None:
        """Return the account of an e-mail address in lower case."""
        return await self._database.read(partial(_find, condition="email = ?", value=email))

    async def by_id(self, user_id: str) -> User | None:
        """Return the account of an id."""
        return await self._database.read(partial(_find, condition="id = ?", value=user_id))

    async def ping(self) -> None:
        """Return when the database answers."""
        await self._database.ping()

    async def close(self) -> None:
        """Finish what was begun and release the file."""
        await self._database.close()


def _add(connection: sqlite3.Connection, user: User) -> bool:
    row = (
        user.id,
        user.email,
        user.name,
        json.dumps(user.roles),
        microseconds_of(user.created_at),
        user.password_hash,
    )
    return connection.execute(_ADD, row).rowcount == 1


def _find(connection: sqlite3.Connection, condition: str, value: str) -> User | None:
    row: tuple[Any, ...] | None = connection.execute(_SELECT + condition, (value,)).fetchone()
    if row is None:
        return None
    user_id, email, name, roles, created_at, password_hash = row
    return User(
        id=user_id,
        email=email,
        name=name,
        roles=tuple(json.loads(roles)),
        created_at=moment_of(created_at),
        password_hash=password_hash,
    )
