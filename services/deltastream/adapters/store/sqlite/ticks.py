"""Ticks as rows."""

import sqlite3
from typing import Final

from deltastream.adapters.microseconds import moment_of, optional_moment_of
from deltastream.adapters.store.sqlite.listing import Listing
from deltastream.adapters.store.sqlite.runs import RunReader
from deltastream.adapters.store.sqlite.table import Row, Table
from deltastream.domain.events import UnderlyingTick
from deltastream.domain.tick_table import TickTable
from deltastream.ports.store import Kind, Window, Written

# In the order of a TickTable's rows.
_COLUMNS: Final = ("product", "sequence", "timestamp", "price", "volume", "processed_at")
_TABLE: Final = Table(name="ticks", columns=_COLUMNS, key=("product", "sequence"))
_SEQUENCE_LIMIT: Final = 2**63


def _sequence_of(key: str) -> int:
    sequence = int(key)
    if not 0 <= sequence < _SEQUENCE_LIMIT:
        raise ValueError(f"{key} is no sequence")
    return sequence


LISTING: Final = Listing(
    table="ticks", columns=_COLUMNS, filters=("product",), tie="sequence", tie_of=_sequence_of
)


def put_ticks(connection: sqlite3.Connection, ticks: TickTable) -> Written:
    """Write ticks. The sequence is part of the key: none ever replaces another."""
    stored = _TABLE.put(connection, ticks.rows())
    return Written(stored=stored, unchanged=len(ticks) - stored)


def list_ticks(
    connection: sqlite3.Connection, product: str, window: Window
) -> list[UnderlyingTick]:
    """Read the ticks of a window."""
    return [_tick_of(row) for row in LISTING.read(connection, (product,), window)]


def _tick_of(row: Row) -> UnderlyingTick:
    product, sequence, timestamp, price, volume, processed_at = row
    return UnderlyingTick(
        product=product,
        sequence=sequence,
        timestamp=moment_of(timestamp),
        price=price,
        volume=volume,
        processed_at=optional_moment_of(processed_at),
    )


RUNS: Final = RunReader(kind=Kind.TICKS, columns=_COLUMNS, event_of=_tick_of)
