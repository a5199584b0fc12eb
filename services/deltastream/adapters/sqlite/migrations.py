"""Brings a database file to the schema of this program, in one transaction."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from deltastream.adapters.sqlite.failures import DatabaseUnusableError
from deltastream.adapters.sqlite.write_lock import begin_write

Migration = Sequence[str]
"""The statements that lead from one version of a schema to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a database of one purpose holds.

    Attributes:
        application_id: marks files of this purpose, as `PRAGMA application_id`.
        migrations: from an empty file to the present version, which is their number; kept in the
            file as `PRAGMA user_version`. One that has been released is never edited.
    """

    application_id: int
    migrations: Sequence[Migration]


def migrate(connection: sqlite3.Connection, schema: Schema, *, patience: float = 5.0) -> None:
    """Run the migrations that the database has not seen: all of them, or none.

    A database that has seen them all is not written to, and need not be waited for.

    Args:
        connection: to the database.
        schema: what it is to hold.
        patience: seconds to wait for another process that writes.

    Raises:
        DatabaseUnusableError: the file belongs to a newer program, or to another one.
    """
    if _is_present(connection, schema):
        return
    begin_write(connection, patience=patience)
    try:
        _run_missing(connection, schema)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _is_present(connection: sqlite3.Connection, schema: Schema) -> bool:
    version, owner = _pragma(connection, "user_version"), _pragma(connection, "application_id")
    return (version, owner) == (len(schema.migrations), schema.application_id)


def _run_missing(connection: sqlite3.Connection, schema: Schema) -> None:
    version = _pragma(connection, "user_version")
    _check(connection, schema, version)
    for statements in schema.migrations[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {schema.application_id}")
    connection.execute(f"PRAGMA user_version = {len(schema.migrations)}")


def _check(connection: sqlite3.Connection, schema: Schema, version: int) -> None:
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if objects and _pragma(connection, "application_id") != schema.application_id:
        raise DatabaseUnusableError(
            "it is the database of something else; give the path of a file that does not exist yet"
        )
    if version > len(schema.migrations):
        raise DatabaseUnusableError(
            f"it was written by a newer version of this program (its schema is {version}, this"
            f" program knows up to {len(schema.migrations)}); upgrade, or give another path"
        )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
