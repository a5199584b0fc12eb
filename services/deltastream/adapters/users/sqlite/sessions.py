"""Sessions in SQLite."""

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
from deltastream.ports.sessions import Rotation, Session

_COLUMNS: Final = (
    "id, user_id, created_at, expires_at, family_digest, digest, previous_digest, salt,"
    " rotated_at, ended_at"
)
_ADD: Final = f"INSERT INTO sessions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
_SELECT: Final = f"SELECT {_COLUMNS} FROM sessions WHERE "  # noqa: S608 - constants
_BY_ID: Final = _SELECT + "id = ?"
_ENDED: Final = _SELECT + "ended_at >= ?"
_ROTATE: Final = (
    "UPDATE sessions SET previous_digest = digest, digest = ?, salt = ?, rotated_at = ?,"
    " expires_at = ? WHERE id = ? AND digest = ? AND ended_at IS NULL"
)
_END: Final = "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL"
# One that has expired was over already.
_END_ALL: Final = (
    "UPDATE sessions SET ended_at = ?1 WHERE user_id = ?2 AND ended_at IS NULL AND expires_at > ?1"
)
# The new one is among them, so that it does not matter which of the same moment is older.
_END_OLDEST: Final = (
    "UPDATE sessions SET ended_at = ?1 WHERE id IN (SELECT id FROM sessions WHERE user_id = ?2"
    " AND ended_at IS NULL AND expires_at > ?1 ORDER BY id = ?3 DESC, created_at DESC, id"
    " LIMIT -1 OFFSET ?4)"
)
_PURGE: Final = "DELETE FROM sessions WHERE expires_at < ?1 OR ended_at < ?1"


class SqliteSessionStore:
    """A SessionStore in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session, *, most: int) -> int:
        """Store a new session, and end the oldest of its account that are more than `most`."""
        return await self._database.write(partial(_add, session, most))

    async def by_id(self, session_id: str) -> Session | None:
        """Return the session of an id."""
        found = await self._read(_BY_ID, session_id)
        return found[0] if found else None

    async def rotate(self, session_id: str, rotation: Rotation, *, instead_of: bytes) -> bool:
        """Compare and set: replace the token if its digest still is the one that is given."""
        values = (
            rotation.digest,
            rotation.salt,
            microseconds_of(rotation.at),
            microseconds_of(rotation.expires_at),
            session_id,
            instead_of,
        )
        return await self._write(_ROTATE, values) == 1

    async def end(self, session_id: str, *, at: datetime) -> bool:
        """End a session, and say whether it went on until now."""
        return await self._write(_END, (microseconds_of(at), session_id)) == 1

    async def end_all(self, user_id: str, *, at: datetime) -> int:
        """End each session of an account that goes on, and return how many those are."""
        return await self._write(_END_ALL, (microseconds_of(at), user_id))

    async def ended_since(self, moment: datetime) -> Sequence[Session]:
        """Return the sessions that were ended at or after a moment."""
        return await self._read(_ENDED, microseconds_of(moment))

    async def purge(self, *, before: datetime) -> int:
        """Forget the sessions that ended before a moment, by whatever, and return how many."""
        return await self._write(_PURGE, (microseconds_of(before),))

    async def _write(self, statement: str, values: tuple[Any, ...]) -> int:
        return await self._database.write(partial(_change, statement, values))

    async def _read(self, statement: str, *values: Any) -> list[Session]:
        return await self._database.read(partial(_find, statement, values))


def _add(session: Session, most: int, connection: sqlite3.Connection) -> int:
    connection.execute(_ADD, _row(session))
    now = microseconds_of(session.created_at)
    return connection.execute(_END_OLDEST, (now, session.user_id, session.id, most)).rowcount


def _change(statement: str, values: tuple[Any, ...], connection: sqlite3.Connection) -> int:
    return connection.execute(statement, values).rowcount


def _find(statement: str, values: tuple[Any, ...], connection: sqlite3.Connection) -> list[Session]:
    return [_session(row) for row in connection.execute(statement, values)]


def _row(session: Session) -> tuple[Any, ...]:
    return (
        session.id,
        session.user_id,
        microseconds_of(session.created_at),
        microseconds_of(session.expires_at),
        session.family_digest,
        session.digest,
        session.previous_digest,
        session.salt,
        optional_microseconds_of(session.rotated_at),
        optional_microseconds_of(session.ended_at),
    )


def _session(row: tuple[Any, ...]) -> Session:
    return Session(
        id=row[0],
        user_id=row[1],
        created_at=moment_of(row[2]),
        expires_at=moment_of(row[3]),
        family_digest=row[4],
        digest=row[5],
        previous_digest=row[6],
        salt=row[7],
        rotated_at=optional_moment_of(row[8]),
        ended_at=optional_moment_of(row[9]),
    )
