"""Candles as rows."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from deltastream.adapters.microseconds import microseconds_of, moment_of
from deltastream.adapters.store.newest import newest
from deltastream.adapters.store.sqlite.listing import Listing
from deltastream.adapters.store.sqlite.table import Row, Table
from deltastream.domain.events import Candle
from deltastream.ports.store import Window, Written

_COLUMNS: Final = (
    "product",
    "window_minutes",
    "start",
    "revision",
    "final",
    "imputed",
    "open",
    "high",
    "low",
    "close",
    "tick_count",
    "volume",
    "mean",
    "variance",
)
_TABLE: Final = Table(
    name="candles",
    columns=(*_COLUMNS, "written_at"),
    key=("product", "window_minutes", "start"),
    # The order of `_rank_of`.
    replaces=(
        "(excluded.revision, excluded.final, iif(excluded.final, 0, excluded.tick_count))"
        " > (candles.revision, candles.final, iif(candles.final, 0, candles.tick_count))"
    ),
)
LISTING: Final = Listing(
    table="candles", columns=_COLUMNS, filters=("product", "window_minutes"), time="start"
)


def put_candles(
    connection: sqlite3.Connection, candles: Sequence[Candle], *, written_at: datetime
) -> Written:
    """Write candles; of one window, that of the highest revision holds.

    Of the same revision a final candle replaces a provisional one, and a provisional one of more
    ticks one of fewer. A final candle is never replaced by one of its own revision.
    """
    latest = newest(
        candles,
        key=lambda candle: (candle.product, candle.window_minutes, candle.start),
        rank=_rank_of,
    )
    written = microseconds_of(written_at)
    stored = _TABLE.put(connection, ((*_row_of(candle), written) for candle in latest))
    return Written(stored=stored, unchanged=len(candles) - stored)


def list_candles(
    connection: sqlite3.Connection, product: str, window_minutes: int, window: Window
) -> list[Candle]:
    """Read the candles of a window."""
    return [_candle_of(row) for row in LISTING.read(connection, (product, window_minutes), window)]


def _rank_of(candle: Candle) -> tuple[int, bool, int]:
    return (candle.revision, candle.final, 0 if candle.final else candle.tick_count)


def _row_of(candle: Candle) -> Row:
    return (
        candle.product,
        candle.window_minutes,
        microseconds_of(candle.start),
        candle.revision,
        candle.final,
        candle.imputed,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.tick_count,
        candle.volume,
        candle.mean,
        candle.variance,
    )


def _candle_of(row: Row) -> Candle:
    candle = dict(zip(_COLUMNS, row, strict=True))
    candle["start"] = moment_of(candle["start"])
    candle["final"] = bool(candle["final"])
    candle["imputed"] = bool(candle["imputed"])
    return Candle(**candle)
