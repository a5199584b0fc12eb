"""What the market database has, read from its file while others write it."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvents:
    """The rows of one table.

    Attributes:
        file: of the database.
        table: `chains` or `ticks`.
    """

    file: Path
    table: str

    async def sequences(self, products: Sequence[str]) -> Mapping[str, Sequence[int]]:
        """Return the sequences of all rows, by product."""
        return await asyncio.to_thread(self._sequences, products)

    async def newest(self, products: Sequence[str]) -> Mapping[str, int]:
        """Return the sequence of the newest row by time, by product; 0 where there is none."""
        return await asyncio.to_thread(self._newest, products)

    def _sequences(self, products: Sequence[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        query = f"SELECT sequence FROM {self.table} WHERE product = ?"  # noqa: S608 - one of ours
        with closing(self._open()) as connection:
            for product in products:
                found[product] += [row[0] for row in connection.execute(query, (product,))]
        return found

    def _newest(self, products: Sequence[str]) -> dict[str, int]:
        query = (
            f"SELECT sequence FROM {self.table} WHERE product = ?"  # noqa: S608 - one of ours
            " ORDER BY timestamp DESC LIMIT 1"
        )
        with closing(self._open()) as connection:
            rows = {p: connection.execute(query, (p,)).fetchone() for p in products}
        return {product: row[0] if row else 0 for product, row in rows.items()}

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
