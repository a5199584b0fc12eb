"""How rows are listed: newest first, each page one range of an index."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.sqlite.table import Row
from deltastream.domain.errors import PageTokenInvalidError
from deltastream.ports.store import Cursor, Window

_FIRST: Final = -(2**63)
_LAST: Final = 2**63 - 1


def bounds_of(window: Window) -> tuple[int, int]:
    """Return the first and the last time of a window, before a cursor narrows it.

    Raises:
        ValueError: the window's limit is below 1.
    """
    if window.limit < 1:
        raise ValueError(f"a window holds at least 1 row, not {window.limit}")
    first = _FIRST if window.start is None else microseconds_of(window.start)
    last = _LAST if window.end is None else microseconds_of(window.end) - 1
    return first, last


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing of one table.

    Attributes:
        columns: those that are read.
        filters: columns that are equal in all rows of the listing, the beginning of an index.
        time: the column of the time, next in that index.
        tie: the column that orders rows of equal time, ascending; empty where there are none.
        tie_of: reads its value from a cursor's key; ValueError when it is none.
    """

    table: str
    columns: Sequence[str]
    filters: Sequence[str]
    time: str = "timestamp"
    tie: str = ""
    tie_of: Callable[[str], Any] = str

    def read(
        self, connection: sqlite3.Connection, filters: Sequence[Any], window: Window
    ) -> list[Row]:
        """Return the rows of a window, newest first.

        Raises:
            PageTokenInvalidError: the cursor is not of this listing.
            ValueError: the window's limit is below 1.
        """
        return connection.execute(self.query(), self.parameters(filters, window)).fetchall()

    def query(self) -> str:
        """Return the statement that reads a page.

        The window's end and the cursor make one upper bound: a page begins in the index where the
        last one ended, and only rows that share that time are passed over.
        """
        conditions = [f"{column} = ?" for column in self.filters]
        conditions.append(f"{self.time} BETWEEN ? AND ?")
        order = f"{self.time} DESC"
        if self.tie:
            conditions.append(f"NOT ({self.time} = ? AND {self.tie} <= ?)")
            order += f", {self.tie} ASC"
        return (
            f"SELECT {', '.join(self.columns)} FROM {self.table}"  # noqa: S608 - constant names
            f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?"
        )

    def parameters(self, filters: Sequence[Any], window: Window) -> tuple[Any, ...]:
        """Return the parameters of `query`."""
        first, last = bounds_of(window)
        if window.after is not None:
            last = min(last, self._last_after(window.after))
        return (*filters, first, last, *self._passed(window.after), window.limit)

    def _last_after(self, cursor: Cursor) -> int:
        return microseconds_of(cursor.timestamp) - (0 if self.tie else 1)

    def _passed(self, cursor: Cursor | None) -> tuple[Any, ...]:
        """Return the time and the tie up to which rows have been listed already."""
        if not self.tie:
            return ()
        if cursor is None:
            return (_FIRST, None)
        try:
            return (microseconds_of(cursor.timestamp), self.tie_of(cursor.key))
        except ValueError:
            raise PageTokenInvalidError from None
