"""Copies a database file while others read and write it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deltastream.adapters.sqlite.failures import DatabaseUnusableError
from deltastream.adapters.sqlite.snapshot import snapshot

_BUSY_SECONDS: Final = 5.0
# Between steps an interrupt is noticed.
_PAGES_A_STEP: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """What a database file says of itself.

    Attributes:
        application_id: its purpose, as `Schema.application_id`.
        version: how many migrations it has seen.
        rows: how many rows each table has.
    """

    application_id: int
    version: int
    rows: Mapping[str, int]


def copy_database(source: Path, target: Path) -> DatabaseFacts:
    """Copy the state of one moment into a file, and say what is in it.

    Everything that was committed when the copying began is there, and nothing that was committed
    later. Who writes meanwhile does not wait; the write-ahead log grows until the copy is done.
    The copy is one file, without a log, and has been read whole.

    Args:
        source: the database, which must exist.
        target: an empty file, or none.

    Raises:
        DatabaseUnusableError: the source is damaged or no database, or a file cannot be used.
    """
    with (
        _explained(source),
        closing(_connect(source)) as origin,
        closing(_connect(target)) as copy,
    ):
        with snapshot(origin):
            # The transaction begins with its first read, and not with BEGIN.
            _number(origin, "SELECT count(*) FROM sqlite_master")
            origin.backup(copy, pages=_PAGES_A_STEP)
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        _check(copy)
        return _facts(copy)


def fold_log_in(path: Path) -> None:
    """Make a database one file without a write-ahead log; one that is damaged stays damaged.

    Raises:
        DatabaseUnusableError: somebody else has it open.
    """
    try:
        with closing(_connect(path)) as connection:
            # Only who alone has the database open can leave the log.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise DatabaseUnusableError(
                f"a process has the database {path} open; stop the role that uses it"
            ) from error
    except sqlite3.DatabaseError:
        return


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)


def _check(copy: sqlite3.Connection) -> None:
    (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise DatabaseUnusableError(f"it is damaged: {found}")


def _facts(copy: sqlite3.Connection) -> DatabaseFacts:
    tables = copy.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " ORDER BY name"
    ).fetchall()
    return DatabaseFacts(
        application_id=_number(copy, "PRAGMA application_id"),
        version=_number(copy, "PRAGMA user_version"),
        rows={
            # Our own migrations named the tables.
            name: _number(copy, f'SELECT count(*) FROM "{name}"')  # noqa: S608
            for (name,) in tables
        },
    )


def _number(connection: sqlite3.Connection, question: str) -> int:
    (answer,) = connection.execute(question).fetchone()
    return int(answer)


@contextmanager
def _explained(source: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseUnusableError, sqlite3.Error) as error:
        raise DatabaseUnusableError(f"cannot copy the database {source}: {error}") from error
