"""Remembers how far runs were pruned: the highest sequence of each kind and product."""

import sqlite3

from deltastream.ports.store import Kind

_UPSERT = (
    "INSERT INTO pruned (kind, product, through_sequence) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, product) DO UPDATE"
    " SET through_sequence = max(through_sequence, excluded.through_sequence)"
)
_NOTHING = -1


def pruned_through(connection: sqlite3.Connection, kind: Kind, product: str) -> int:
    """Return the highest sequence that was ever pruned; below all sequences if none was."""
    row = connection.execute(
        "SELECT through_sequence FROM pruned WHERE kind = ? AND product = ?", (kind, product)
    ).fetchone()
    return _NOTHING if row is None else int(row[0])


def remember_pruned(connection: sqlite3.Connection, kind: Kind, product: str, through: int) -> None:
    """Note the highest sequence that is being pruned now."""
    connection.execute(_UPSERT, (kind, product, through))
