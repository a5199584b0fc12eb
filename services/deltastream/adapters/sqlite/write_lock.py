"""Takes the write lock of a database that other processes write to as well."""

import sqlite3
import time
from typing import Final

ASK_EACH_MILLISECOND: Final = "PRAGMA busy_timeout = 1"
"""How a connection has to be set for `begin_write`."""


def begin_write(connection: sqlite3.Connection, *, patience: float) -> None:
    """Begin a transaction that writes, after waiting up to `patience` seconds for others.

    SQLite's own waiting asks ever more seldom, in the end ten times a second. A process that
    commits one group after the other leaves the lock free for less than a millisecond between
    them, so that a second one, as there is while a role is replaced, would wait for good.

    Raises:
        sqlite3.OperationalError: another process held the lock all the while.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        else:
            return
