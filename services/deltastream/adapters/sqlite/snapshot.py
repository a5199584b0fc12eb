"""Several reads of one state."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all reads inside the block see the database as the first of them saw it."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        # An error may have ended it already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
