"""How rows are written: a table, its key, and when a row gives way to another."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

Row = tuple[Any, ...]
_MOST_VALUES: Final = 300
"""In one statement: a row among several takes three quarters of the time that it takes alone, and
the interpreter is free for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is written.

    Attributes:
        columns: those that are written, in the order of a row.
        key: the columns that say what a row is about.
        replaces: SQL; true when the row `excluded` replaces the one that is there. Empty: never.
    """

    name: str
    columns: Sequence[str]
    key: Sequence[str]
    replaces: str = ""

    def put(self, connection: sqlite3.Connection, rows: Iterable[Row]) -> int:
        """Write the rows that are new or replace what is there, and return how many those are."""
        at_once = _MOST_VALUES // len(self.columns)
        one, several = self.upsert(), self.upsert(rows=at_once)
        left, changed = iter(rows), 0
        while part := list(islice(left, at_once)):
            if len(part) == at_once:
                values = [*chain.from_iterable(part)]
                changed += connection.execute(several, values).rowcount
            else:
                changed += connection.executemany(one, part).rowcount
        return changed

    def upsert(self, *, rows: int = 1) -> str:
        """Return the statement that writes so many rows, one after the other."""
        names = ", ".join(self.columns)
        marks = ", ".join(["(" + ", ".join("?" * len(self.columns)) + ")"] * rows)
        return (
            f"INSERT INTO {self.name} ({names}) VALUES {marks}"  # noqa: S608 - constant names
            f" ON CONFLICT ({', '.join(self.key)}) DO {self._on_conflict()}"
        )

    def _on_conflict(self) -> str:
        if not self.replaces:
            return "NOTHING"
        changes = ", ".join(
            f"{column} = excluded.{column}" for column in self.columns if column not in self.key
        )
        return f"UPDATE SET {changes} WHERE {self.replaces}"
