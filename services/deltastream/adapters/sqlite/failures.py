"""What SQLite's failures mean to a caller."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from deltastream.domain.errors import (
    DependencyFullError,
    DependencyUnavailableError,
    InvalidValueError,
)

_NOT_ANSWERING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
_PRIMARY_CODE: Final = 0xFF
_NOT_NULL_FAILED: Final = "NOT NULL constraint failed: "


class DatabaseUnusableError(ValueError):
    """The path that was given is no usable database; the text says why and what to do."""


@contextmanager
def translated(dependency: str) -> Iterator[None]:
    """Turn SQLite's errors into those of the domain, where the domain has one.

    Raises:
        DependencyFullError: there is no room on the disk, or in the file.
        DependencyUnavailableError: the database did not answer: locked, damaged, gone.
        InvalidValueError: a value that must be stated is not, or does not fit in 64 bits.
    """
    try:
        yield
    except sqlite3.IntegrityError as error:
        text = str(error)
        if not text.startswith(_NOT_NULL_FAILED):
            raise
        raise InvalidValueError(text.rpartition(".")[2], "must be stated") from error
    except OverflowError as error:
        # Of the contract's integers only sequences, which are unsigned, can be so large.
        raise InvalidValueError("sequence", "must be below 2^63") from error
    except sqlite3.Error as error:
        if not does_not_answer(error):
            raise
        full = _code_of(error) == sqlite3.SQLITE_FULL
        kind = DependencyFullError if full else DependencyUnavailableError
        raise kind(dependency) from error


def does_not_answer(error: sqlite3.Error) -> bool:
    """Say whether an error is the database's condition, and not a mistake of ours."""
    return _code_of(error) in _NOT_ANSWERING


def _code_of(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary result code; None of an error that is the module's own."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY_CODE
