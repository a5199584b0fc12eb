"""Opens a SQLite database file, and says what to do when that is not possible."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deltastream.adapters.sqlite.failures import DatabaseUnusableError
from deltastream.adapters.sqlite.migrations import Schema, migrate
from deltastream.adapters.sqlite.write_lock import ASK_EACH_MILLISECOND

_PRIVATE: Final = 0o600
_USUAL: Final = 0o666
_SWITCH_ATTEMPTS: Final = 50
_WRITER_PRAGMAS: Final = (
    # An acknowledged write survives a power cut: each commit syncs the log.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # In pages of 4 KiB: the log is folded into the database each 16 MiB, and kept below 64 MiB.
    "PRAGMA wal_autocheckpoint = 4096",
    "PRAGMA journal_size_limit = 67108864",
    # Negative: KiB.
    "PRAGMA cache_size = -16384",
    # Some builds write zeros over all that is deleted, and free pages to the log with them: up to
    # twenty times as much. This clears what is on pages that are written anyway.
    "PRAGMA secure_delete = FAST",
    ASK_EACH_MILLISECOND,
)
_READER_PRAGMAS: Final = ("PRAGMA query_only = ON", "PRAGMA cache_size = -4096")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFile:
    """Which file to open, and as what.

    Attributes:
        dependency: what DependencyUnavailableError calls it.
        private: only this user may read the file.
        busy_timeout: seconds to wait for another process that holds the file.
    """

    path: Path
    dependency: str
    schema: Schema
    private: bool = False
    busy_timeout: float = 5.0


def open_for_writing(file: DatabaseFile) -> sqlite3.Connection:
    """Open the database, made anew if it is absent, and bring its schema up to date.

    Folders that are missing above it are made too.

    Raises:
        DatabaseUnusableError: with the path, the reason, and what to do.
    """
    with _explained(file.path):
        _make(file)
        connection = _connect(file)
        try:
            _use_write_ahead_log(connection, file)
            for pragma in _WRITER_PRAGMAS:
                connection.execute(pragma)
            migrate(connection, file.schema, patience=file.busy_timeout)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(file: DatabaseFile) -> sqlite3.Connection:
    """Open one more connection to a database that is open for writing."""
    with _explained(file.path):
        connection = _connect(file)
        for pragma in _READER_PRAGMAS:
            connection.execute(pragma)
    return connection


def _connect(file: DatabaseFile) -> sqlite3.Connection:
    # No isolation level: transactions begin and end where the code says so.
    return sqlite3.connect(file.path, timeout=file.busy_timeout, isolation_level=None)


def _make(file: DatabaseFile) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    mode = _PRIVATE if file.private else _USUAL
    # An existing file is not opened here: closing it would drop the locks that SQLite holds on it.
    with suppress(FileExistsError):
        os.close(os.open(file.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    if file.private:
        file.path.chmod(_PRIVATE)


def _use_write_ahead_log(connection: sqlite3.Connection, file: DatabaseFile) -> None:
    """Switch to a write-ahead log.

    When two connections switch a new file at once, SQLite refuses one of them right away, lest
    they wait for each other: that one has to try again.
    """
    for _ in range(_SWITCH_ATTEMPTS):
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(file.busy_timeout / _SWITCH_ATTEMPTS)
        else:
            _check_log(mode)
            return
    raise DatabaseUnusableError("another program holds it; stop that one, or give another path")


def _check_log(mode: str) -> None:
    if mode != "wal":
        raise DatabaseUnusableError(
            "its file system does not support a write-ahead log; put it on a local disk"
        )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except DatabaseUnusableError as error:
        raise DatabaseUnusableError(f"cannot use the database {path}: {error}") from None
    except OSError as error:
        raise DatabaseUnusableError(
            f"cannot use the database {path}: {error.strerror}; give the path of a file that this"
            " user may write"
        ) from error
    except sqlite3.Error as error:
        raise DatabaseUnusableError(
            f"cannot use the database {path}: {error}; give the path of a file that this user may"
            " write and that no other program holds"
        ) from error
