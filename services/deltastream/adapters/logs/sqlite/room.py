"""Keeps the log's file within its bound.

Deleting gives pages back to the file, not to the disk, and SQLite writes to those first: a file of
which what is used never grows beyond the bound does not grow beyond it either.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Final

# What is dropped together, at most and at least: a few milliseconds of work, and not for each
# record anew.
_PART: Final = 500
_PART_BYTES: Final = 65_536
_MOST_PARTS: Final = 20
_OLDEST: Final = """
    SELECT id, length(CAST(event AS BLOB)) + length(CAST(fields AS BLOB)) FROM records
    WHERE id < ? ORDER BY id LIMIT ?
"""
_COUNT: Final = "SELECT service, count(*) FROM records WHERE id <= ? GROUP BY service"
_DELETE: Final = "DELETE FROM records WHERE id <= ?"
_FORGET: Final = "UPDATE dropped SET through = ?"
_EVERY: Final = 1 << 62


def make_room(
    connection: sqlite3.Connection, *, most_bytes: int, wanted_bytes: int
) -> Mapping[str, int]:
    """Drop the oldest records until so many bytes more fit in; return how many, by service.

    Where much too much is there, because the bound was lowered, some of it stays for next time.
    """
    dropped: Counter[str] = Counter()
    for _ in range(_MOST_PARTS):
        excess = _used_bytes(connection) + wanted_bytes - most_bytes
        if excess <= 0:
            break
        through = _end_of_part(connection, max(excess, _PART_BYTES))
        if through is None:
            break
        dropped.update(_drop_through(connection, through))
    return dropped


def drop_oldest(connection: sqlite3.Connection, *, before: int, limit: int) -> Mapping[str, int]:
    """Drop up to `limit` records below a sequence, the oldest; return how many, by service."""
    oldest = connection.execute(_OLDEST, (before, limit)).fetchall()
    return _drop_through(connection, oldest[-1][0]) if oldest else {}


def _end_of_part(connection: sqlite3.Connection, wanted_bytes: int) -> int | None:
    """Return up to which sequence to drop for so many bytes; None where nothing is left."""
    through, found = None, 0
    for through, length in connection.execute(_OLDEST, (_EVERY, _PART)):  # noqa: B007 - returned
        found += length
        if found >= wanted_bytes:
            break
    return through


def _drop_through(connection: sqlite3.Connection, sequence: int) -> Mapping[str, int]:
    dropped: dict[str, int] = dict(connection.execute(_COUNT, (sequence,)).fetchall())
    connection.execute(_DELETE, (sequence,))
    connection.execute(_FORGET, (sequence,))
    return dropped


def _used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    used: int = (pages - free) * size
    return used
