"""How rows are written: a table, its key, and when a row gives way to another."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]


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
        return connection.executemany(self.upsert(), rows).rowcount

    def upsert(self) -> str:
        """Return the statement that writes a row."""
        names = ", ".join(self.columns)
        marks = ", ".join("?" * len(self.columns))
        return (
            f"INSERT INTO {self.name} ({names}) VALUES ({marks})"  # noqa: S608 - constant names
            f" ON CONFLICT ({', '.join(self.key)}) DO {self._on_conflict()}"
        )

    def _on_conflict(self) -> str:
        if not self.replaces:
            return "NOTHING"
        changes = ", ".join(
            f"{column} = excluded.{column}" for column in self.columns if column not in self.key
        )
        return f"UPDATE SET {changes} WHERE {self.replaces}"
