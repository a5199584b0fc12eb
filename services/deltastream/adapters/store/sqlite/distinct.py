"""Finds the texts that a column has: one seek in an index a text."""

import sqlite3
from collections.abc import Iterator, Mapping


def texts_of(
    connection: sqlite3.Connection, table: str, column: str, filters: Mapping[str, str]
) -> Iterator[str]:
    """Yield the texts of a column, ascending.

    Args:
        connection: where to look.
        table: its name.
        column: of text that is never empty, what follows the filters in an index.
        filters: columns that are equal, the beginning of that index.
    """
    query, text = next_text_query(table, column, tuple(filters)), ""
    while row := connection.execute(query, (*filters.values(), text)).fetchone():
        (text,) = row
        yield text


def next_text_query(table: str, column: str, filters: tuple[str, ...]) -> str:
    """Return the statement that finds the text after another."""
    conditions = " AND ".join([*(f"{each} = ?" for each in filters), f"{column} > ?"])
    return f"SELECT {column} FROM {table} WHERE {conditions} ORDER BY {column} LIMIT 1"  # noqa: S608 - constant names
