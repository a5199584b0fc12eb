"""Accounts in SQLite."""

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
from deltastream.adapters.users.addresses import require_lower_case
from deltastream.domain.errors import EmailTakenError, LastAdministratorError
from deltastream.ports.users import ADMIN, User

_ADD: Final = (
    "INSERT INTO users (id, email, name, roles, created_at, password_hash, tokens_before)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING"
)
_SELECT: Final = (
    "SELECT id, email, name, roles, created_at, password_hash, tokens_before FROM users WHERE "
)
_BY_ID: Final = _SELECT + "id = ?"
_BY_EMAIL: Final = _SELECT + "email = ?"
_PAGE: Final = _SELECT + "email > ? ORDER BY email LIMIT ?"
_REFUSING: Final = _SELECT + "tokens_before >= ?"
_SET_ROLES: Final = "UPDATE users SET roles = ? WHERE id = ?"
_OTHER_ADMINISTRATOR: Final = (
    "SELECT 1 FROM users, json_each(users.roles) AS role"
    " WHERE users.id <> ? AND role.value = ? LIMIT 1"
)
_SET_PASSWORD: Final = "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?"  # noqa: S105 - a statement
_REFUSE: Final = "UPDATE users SET tokens_before = max(coalesce(tokens_before, 0), ?) WHERE id = ?"


class SqliteUserStore:
    """A UserStore in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: User) -> None:
        """Store a new account.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
            InvalidValueError: the e-mail address is not in lower case.
        """
        require_lower_case(user.email)
        if not await self._database.write(partial(_add, user=user)):
            raise EmailTakenError

    async def by_email(self, email: str) -> User | None:
        """Return the account of an e-mail address in lower case."""
        found = await self._database.read(partial(_find, statement=_BY_EMAIL, values=(email,)))
        return found[0] if found else None

    async def by_id(self, user_id: str) -> User | None:
        """Return the account of an id."""
        found = await self._database.read(partial(_find, statement=_BY_ID, values=(user_id,)))
        return found[0] if found else None

    async def page(self, *, after: str, size: int) -> Sequence[User]:
        """Return up to `size` accounts by e-mail address, from the first above `after`."""
        return await self._database.read(partial(_find, statement=_PAGE, values=(after, size)))

    async def set_roles(self, user_id: str, roles: tuple[str, ...]) -> User | None:
        """Replace an account's roles, and return it as it was before; None if there is none.

        Raises:
            LastAdministratorError: nobody would be an administrator; nothing has changed.
        """
        return await self._database.write(partial(_set_roles, user_id=user_id, roles=roles))

    async def set_password(self, user_id: str, password_hash: bytes, *, instead_of: bytes) -> bool:
        """Replace an account's password hash if it still is the one that is given."""
        values = (password_hash, user_id, instead_of)
        return await self._database.write(partial(_change, _SET_PASSWORD, values)) == 1

    async def refuse_tokens(self, user_id: str, *, before: datetime) -> None:
        """Set an account's tokens_before; one that is later stays."""
        values = (microseconds_of(before), user_id)
        await self._database.write(partial(_change, _REFUSE, values))

    async def refusing_since(self, moment: datetime) -> Sequence[User]:
        """Return the accounts whose tokens_before is at or after a moment."""
        values = (microseconds_of(moment),)
        return await self._database.read(partial(_find, statement=_REFUSING, values=values))


def _add(connection: sqlite3.Connection, user: User) -> bool:
    row = (
        user.id,
        user.email,
        user.name,
        json.dumps(user.roles),
        microseconds_of(user.created_at),
        user.password_hash,
        optional_microseconds_of(user.tokens_before),
    )
    return connection.execute(_ADD, row).rowcount == 1


def _set_roles(connection: sqlite3.Connection, user_id: str, roles: tuple[str, ...]) -> User | None:
    found = _find(connection, statement=_BY_ID, values=(user_id,))
    if not found:
        return None
    (before,) = found
    if ADMIN in before.roles and ADMIN not in roles:
        other = connection.execute(_OTHER_ADMINISTRATOR, (user_id, ADMIN)).fetchone()
        if other is None:
            raise LastAdministratorError(user_id)
    connection.execute(_SET_ROLES, (json.dumps(roles), user_id))
    return before


def _change(statement: str, values: tuple[Any, ...], connection: sqlite3.Connection) -> int:
    return connection.execute(statement, values).rowcount


def _find(connection: sqlite3.Connection, statement: str, values: tuple[Any, ...]) -> list[User]:
    return [_user(row) for row in connection.execute(statement, values)]


def _user(row: tuple[Any, ...]) -> User:
    user_id, email, name, roles, created_at, password_hash, tokens_before = row
    return User(
        id=user_id,
        email=email,
        name=name,
        roles=tuple(json.loads(roles)),
        created_at=moment_of(created_at),
        password_hash=password_hash,
        tokens_before=optional_moment_of(tokens_before),
    )
