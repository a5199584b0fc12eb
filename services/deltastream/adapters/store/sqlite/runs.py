"""Reads events of a product in the order of their sequence, and knows what pruning took of them."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from deltastream.adapters.sqlite.snapshot import snapshot
from deltastream.adapters.store.sqlite.pruned import pruned_through
from deltastream.adapters.store.sqlite.table import Row
from deltastream.ports.store import Kind, Run

EventT = TypeVar("EventT")
_LAST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReader(Generic[EventT]):
    """How runs of one kind are read.

    Attributes:
        kind: also the name of the table.
        columns: those that are read.
        event_of: reads their values.
    """

    kind: Kind
    columns: Sequence[str]
    event_of: Callable[[Row], EventT]

    def read(
        self, connection: sqlite3.Connection, product: str, *, after: int, through: int, limit: int
    ) -> Run[EventT]:
        """Return up to `limit` events of the sequences above `after`, up to `through`.

        Raises:
            ValueError: the limit is below 1.
        """
        if limit < 1:
            raise ValueError(f"a run holds at least 1 event, not {limit}")
        # What is stored has sequences that fit.
        bounds = (min(after, _LAST), min(through, _LAST))
        # Both are asked of one state, or a run could be cut between the two questions.
        with snapshot(connection):
            rows = connection.execute(self.query(), (product, *bounds, limit)).fetchall()
            pruned = pruned_through(connection, self.kind, product)
        return Run(events=[self.event_of(row) for row in rows], complete=pruned <= after)

    def query(self) -> str:
        """Return the statement that reads a run."""
        return (
            f"SELECT {', '.join(self.columns)} FROM {self.kind}"  # noqa: S608 - constant names
            " WHERE product = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?"
        )
