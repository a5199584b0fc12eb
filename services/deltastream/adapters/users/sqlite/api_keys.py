"""API keys in SQLite."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from deltastream.adapters.microseconds import (
    microseconds_of,
    moment_of,
    optional_microseconds_of,
    optional_moment_of,
)
from deltastream.adapters.sqlite.database import Database
from deltastream.domain.errors import TooManyApiKeysError
from deltastream.ports.api_keys import ApiKey

_COLUMNS: Final = (
    "id, user_id, name, roles, created_at, secret_digest, expires_at, last_used_at, deleted_at"
)
_ADD: Final = f"INSERT INTO api_keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
_SELECT: Final = f"SELECT {_COLUMNS} FROM api_keys WHERE "  # noqa: S608 - constants
_BY_ID: Final = _SELECT + "id = ?"
_OF_USER: Final = _SELECT + "user_id = ? AND deleted_at IS NULL ORDER BY created_at DESC, id DESC"
_DELETED: Final = _SELECT + "deleted_at >= ?"
_COUNT: Final = "SELECT count(*) FROM api_keys WHERE user_id = ? AND deleted_at IS NULL"
_USED: Final = "UPDATE api_keys SET last_used_at = ? WHERE id = ?"
_DELETE: Final = (
    "UPDATE api_keys SET deleted_at = ? WHERE user_id = ? AND id = ? AND deleted_at IS NULL"
)
_PURGE: Final = "DELETE FROM api_keys WHERE deleted_at < ?"


class SqliteApiKeyStore:
    """An ApiKeyStore in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey, *, most: int) -> None:
        """Store a new key.

        Raises:
            TooManyApiKeysError: its owner has `most` keys already; nothing has changed.
        """
        await self._database.write(partial(_add, key, most))

    async def by_id(self, key_id: str) -> ApiKey | None:
        """Return the key of an id, one that was deleted too."""
        found = await self._read(_BY_ID, key_id)
        return found[0] if found else None

    async def of_user(self, user_id: str) -> Sequence[ApiKey]:
        """Return the keys of an account that were not deleted, newest first."""
        return await self._read(_OF_USER, user_id)

    async def used(self, key_id: str, *, at: datetime) -> None:
        """Set when a key was last used."""
        await self._write(_USED, microseconds_of(at), key_id)

    async def delete(self, user_id: str, key_id: str, *, at: datetime) -> bool:
        """Delete a key of an account, and say whether it was there until now."""
        return await self._write(_DELETE, microseconds_of(at), user_id, key_id) == 1

    async def deleted_since(self, moment: datetime) -> Sequence[ApiKey]:
        """Return the keys that were deleted at or after a moment."""
        return await self._read(_DELETED, microseconds_of(moment))

    async def purge(self, *, before: datetime) -> int:
        """Forget the keys that were deleted before a moment, and return how many."""
        return await self._write(_PURGE, microseconds_of(before))

    async def _write(self, statement: str, *values: Any) -> int:
        return await self._database.write(partial(_change, statement, values))

    async def _read(self, statement: str, *values: Any) -> list[ApiKey]:
        return await self._database.read(partial(_find, statement, values))


def _add(key: ApiKey, most: int, connection: sqlite3.Connection) -> None:
    (count,) = connection.execute(_COUNT, (key.user_id,)).fetchone()
    if count >= most:
        raise TooManyApiKeysError(most)
    connection.execute(_ADD, _row(key))


def _change(statement: str, values: tuple[Any, ...], connection: sqlite3.Connection) -> int:
    return connection.execute(statement, values).rowcount


def _find(statement: str, values: tuple[Any, ...], connection: sqlite3.Connection) -> list[ApiKey]:
    return [_key(row) for row in connection.execute(statement, values)]


def _row(key: ApiKey) -> tuple[Any, ...]:
    return (
        key.id,
        key.user_id,
        key.name,
        json.dumps(key.roles),
        microseconds_of(key.created_at),
        key.secret_digest,
        optional_microseconds_of(key.expires_at),
        optional_microseconds_of(key.last_used_at),
        optional_microseconds_of(key.deleted_at),
    )


def _key(row: tuple[Any, ...]) -> ApiKey:
    return ApiKey(
        id=row[0],
        user_id=row[1],
        name=row[2],
        roles=tuple(json.loads(row[3])),
        created_at=moment_of(row[4]),
        secret_digest=row[5],
        expires_at=optional_moment_of(row[6]),
        last_used_at=optional_moment_of(row[7]),
        deleted_at=optional_moment_of(row[8]),
    )
