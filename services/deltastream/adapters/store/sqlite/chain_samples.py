"""Lists the newest chain of each interval: one seek in the index an interval."""

import sqlite3
from datetime import date, timedelta
from typing import Any, Final

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.sqlite.chain_rows import (
    FULL_COLUMNS,
    SUMMARY_COLUMNS,
    chain_of,
    summary_of,
)
from deltastream.adapters.store.sqlite.listing import bounds_of
from deltastream.domain.events import EnrichedChain
from deltastream.ports.store import Window

_MICROSECOND: Final = timedelta(microseconds=1)
# What SQLite calls % has the sign of the time, and is wanted positive before 1970 too.
_QUERY: Final = """
    WITH RECURSIVE samples (timestamp) AS (
        SELECT (
            SELECT max(timestamp) FROM chains
            WHERE product = :product AND expiry = :expiry
            AND timestamp BETWEEN :first AND :last
        )
        UNION ALL
        SELECT (
            SELECT max(timestamp) FROM chains
            WHERE product = :product AND expiry = :expiry
            AND timestamp BETWEEN :first
            AND samples.timestamp - (samples.timestamp % :interval + :interval) % :interval - 1
        )
        FROM samples WHERE samples.timestamp IS NOT NULL
        LIMIT :limit
    )
    SELECT {columns} FROM chains
    WHERE product = :product AND expiry = :expiry AND timestamp IN samples
    ORDER BY timestamp DESC
"""


def list_sampled_chains(
    connection: sqlite3.Connection,
    product: str,
    expiry: date,
    interval: timedelta,
    window: Window,
    *,
    with_legs: bool,
) -> list[EnrichedChain]:
    """Read the newest chain of each interval of a window."""
    query = samples_query(with_legs=with_legs)
    parameters = samples_parameters(product, expiry, interval, window)
    read = chain_of if with_legs else summary_of
    return [read(row) for row in connection.execute(query, parameters)]


def samples_query(*, with_legs: bool) -> str:
    """Return the statement that reads a page.

    Each step finds the newest time before the interval of the last one, until enough are found or
    nothing is left. Their rows are read when all times are known.
    """
    columns = FULL_COLUMNS if with_legs else SUMMARY_COLUMNS
    return _QUERY.format(columns=", ".join(columns))


def samples_parameters(
    product: str, expiry: date, interval: timedelta, window: Window
) -> dict[str, Any]:
    """Return the parameters of `samples_query`.

    Raises:
        ValueError: the interval is not positive, or the window's limit is below 1.
    """
    length = interval // _MICROSECOND
    if length < 1:
        raise ValueError(f"an interval is positive, not {interval}")
    first, last = bounds_of(window)
    if window.after is not None:
        # The interval of the last chain that was listed is done.
        after = microseconds_of(window.after.timestamp)
        last = min(last, after - after % length - 1)
    return {
        "product": product,
        "expiry": expiry.isoformat(),
        "interval": length,
        "first": first,
        "last": last,
        "limit": window.limit,
    }
