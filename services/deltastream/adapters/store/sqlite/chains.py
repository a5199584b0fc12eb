"""Writes and lists enriched chains."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from deltastream.adapters.store.newest import newest
from deltastream.adapters.store.sqlite.chain_rows import (
    FULL_COLUMNS,
    SUMMARY_COLUMNS,
    WRITTEN_COLUMNS,
    chain_of,
    row_of,
    summary_of,
)
from deltastream.adapters.store.sqlite.expiries import put_expiries
from deltastream.adapters.store.sqlite.listing import Listing
from deltastream.adapters.store.sqlite.runs import RunReader
from deltastream.adapters.store.sqlite.table import Table
from deltastream.domain.events import EnrichedChain
from deltastream.ports.store import Kind, Window, Written

_CHAINS: Final = Table(
    name="chains",
    columns=WRITTEN_COLUMNS,
    key=("product", "expiry", "timestamp"),
    replaces="excluded.sequence > chains.sequence",
)
RUNS: Final = RunReader(kind=Kind.CHAINS, columns=FULL_COLUMNS, event_of=chain_of)


def put_chains(connection: sqlite3.Connection, chains: Sequence[EnrichedChain]) -> Written:
    """Write chains; of one expiry and time, that of the highest sequence holds."""
    latest = newest(
        chains,
        key=lambda each: (each.chain.product, each.chain.expiry, each.chain.timestamp),
        rank=lambda each: each.chain.sequence,
    )
    stored = _CHAINS.put(connection, map(row_of, latest))
    put_expiries(connection, latest)
    return Written(stored=stored, unchanged=len(chains) - stored)


def list_chains(
    connection: sqlite3.Connection,
    product: str,
    expiry: date | None,
    window: Window,
    *,
    with_legs: bool,
) -> list[EnrichedChain]:
    """Read the chains of a window, of one expiry or of all."""
    filters: tuple[Any, ...] = (product,) if expiry is None else (product, expiry.isoformat())
    rows = chain_listing(one_expiry=expiry is not None, with_legs=with_legs).read(
        connection, filters, window
    )
    return [chain_of(row) if with_legs else summary_of(row) for row in rows]


def chain_listing(*, one_expiry: bool, with_legs: bool) -> Listing:
    """Return the listing of chains of one expiry, or of all expiries."""
    columns = FULL_COLUMNS if with_legs else SUMMARY_COLUMNS
    if one_expiry:
        return Listing(table="chains", columns=columns, filters=("product", "expiry"))
    return Listing(
        table="chains", columns=columns, filters=("product",), tie="expiry", tie_of=_expiry_of
    )


def _expiry_of(key: str) -> str:
    return date.fromisoformat(key).isoformat()
