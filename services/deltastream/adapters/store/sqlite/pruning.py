"""Deletes what is past its age, a part at a time.

The file does not shrink by it: freed pages are used again, so that a file in which as much is
pruned as is written stays as large as it was at its largest. Giving pages back while running is
what `auto_vacuum` is for. It was measured and left off: it has to be chosen before the first table
is made, so that older files would need a VACUUM anyway; writers have to keep a map of all pages,
which cost them up to a fifth more a chain (73 to 87 us, median of six); and a market writes again
tomorrow what was pruned today. Whoever wants the space back after keeping less stops storage and
runs `VACUUM` on the file.

Sequences are unique within a product. That is what lets a run of events be deleted as a range.
"""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.sqlite.distinct import texts_of
from deltastream.adapters.store.sqlite.expiries import forget_expiries
from deltastream.adapters.store.sqlite.pruned import remember_pruned
from deltastream.ports.store import Kind

_OLDEST: Final = """
    SELECT count(*), max(sequence) FROM (
        SELECT sequence FROM {kind} WHERE product = ? AND sequence < ?
        ORDER BY sequence LIMIT ?
    )
"""
_DELETE_RUN: Final = "DELETE FROM {kind} WHERE product = ? AND sequence <= ?"
_DELETE_QUOTES: Final = """
    DELETE FROM quotes WHERE (symbol, timestamp) IN (
        SELECT symbol, timestamp FROM quotes
        WHERE sequence < :before ORDER BY sequence LIMIT :limit
    )
"""
_DELETE_CANDLES: Final = """
    DELETE FROM candles WHERE (product, window_minutes, start) IN (
        SELECT product, window_minutes, start FROM candles
        WHERE written_at < :before ORDER BY written_at LIMIT :limit
    )
"""


def prune(connection: sqlite3.Connection, kind: Kind, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` rows of a kind that came before a moment; return how many.

    Raises:
        ValueError: the limit is below 1.
    """
    if limit < 1:
        raise ValueError(f"pruning deletes at least 1 row, not {limit}")
    return _PRUNERS[kind](connection, microseconds_of(before), limit)


def _prune_ticks(connection: sqlite3.Connection, before: int, limit: int) -> int:
    return _prune_runs(connection, Kind.TICKS, before, limit)


def _prune_chains(connection: sqlite3.Connection, before: int, limit: int) -> int:
    deleted = _prune_runs(connection, Kind.CHAINS, before, limit)
    forget_expiries(connection)
    return deleted


def _prune_runs(connection: sqlite3.Connection, kind: Kind, before: int, limit: int) -> int:
    """Prune events that are read as runs, and remember how far each product's were."""
    deleted = 0
    for product in texts_of(connection, kind, "product", {}):
        oldest, wanted = _OLDEST.format(kind=kind), (product, before, limit - deleted)
        found, through = connection.execute(oldest, wanted).fetchone()
        if found:
            connection.execute(_DELETE_RUN.format(kind=kind), (product, through))
            remember_pruned(connection, kind, product, through)
            deleted += found
        if deleted == limit:
            break
    return deleted


def _prune_quotes(connection: sqlite3.Connection, before: int, limit: int) -> int:
    return connection.execute(_DELETE_QUOTES, {"before": before, "limit": limit}).rowcount


def _prune_candles(connection: sqlite3.Connection, before: int, limit: int) -> int:
    return connection.execute(_DELETE_CANDLES, {"before": before, "limit": limit}).rowcount


_PRUNERS: Final[Mapping[Kind, Callable[[sqlite3.Connection, int, int], int]]] = {
    Kind.TICKS: _prune_ticks,
    Kind.QUOTES: _prune_quotes,
    Kind.CHAINS: _prune_chains,
    Kind.CANDLES: _prune_candles,
}
