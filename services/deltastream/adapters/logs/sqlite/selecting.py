"""Reads the log, in steps of bounded work.

A filter that few records pass must not have all of them read at once. So a step first finds where
it ends, which the indexes say, and then reads up to there.
"""

import sqlite3
from itertools import islice
from typing import Any, Final

from deltastream.adapters.logs.matching import LOOKED_AT, contains, cursor_of
from deltastream.adapters.logs.sqlite.conditions import (
    Conditions,
    add_level,
    add_owners,
    add_window,
)
from deltastream.adapters.logs.sqlite.rows import COLUMNS, record_of
from deltastream.adapters.microseconds import moment_of
from deltastream.adapters.sqlite.snapshot import snapshot
from deltastream.ports.log_store import LogFilter, LogPage, LogRecord, LogRun
from deltastream.ports.windows import Cursor, Window

_BY_TIME: Final = "ORDER BY timestamp DESC, id DESC"
_NEWEST: Final = "SELECT max(coalesce((SELECT max(id) FROM records), 0), through) FROM dropped"
_DROPPED: Final = "SELECT through FROM dropped"
_STEP_OF_RUN: Final = "SELECT id FROM records WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"


def select_page(connection: sqlite3.Connection, wanted: LogFilter, window: Window) -> LogPage:
    """List records by their timestamps."""
    with snapshot(connection):
        conditions = Conditions()
        add_owners(conditions, wanted)
        add_window(conditions, window)
        last = _last_to_look_at(connection, conditions)
        if last is not None:
            conditions.add("(timestamp, id) >= (?, ?)", *last)
        add_level(conditions, wanted)
        found = _matching(connection, conditions, wanted, order=_BY_TIME, limit=window.limit + 1)
    if len(found) > window.limit:
        return LogPage(records=found[: window.limit], end=cursor_of(found[window.limit - 1]))
    end = last and Cursor(timestamp=moment_of(last[0]), key=str(last[1]))
    return LogPage(records=found, end=end)


def select_run(
    connection: sqlite3.Connection, wanted: LogFilter, *, after: int, limit: int
) -> LogRun:
    """Return records in the order of their arrival."""
    with snapshot(connection):
        through = _end_of_run(connection, after)
        conditions = Conditions()
        conditions.add("id > ?", after)
        conditions.add("id <= ?", through)
        add_owners(conditions, wanted)
        add_level(conditions, wanted)
        found = _matching(connection, conditions, wanted, order="ORDER BY id", limit=limit)
        (dropped,) = connection.execute(_DROPPED).fetchone()
    if len(found) == limit:
        through = found[-1].sequence
    return LogRun(records=found, through=max(after, through), complete=after >= dropped)


def select_newest(connection: sqlite3.Connection) -> int:
    """Return the sequence of the newest record, or that before which nothing is sure to be here."""
    newest: int = connection.execute(_NEWEST).fetchone()[0]
    return newest


def _last_to_look_at(
    connection: sqlite3.Connection, conditions: Conditions
) -> tuple[int, int] | None:
    """Return the place of the last record of a step; None where fewer are left."""
    query = f"SELECT timestamp, id FROM records {conditions.where} {_BY_TIME} LIMIT 1 OFFSET ?"  # noqa: S608 - values are bound
    place: tuple[int, int] | None = connection.execute(
        query, (*conditions.values, LOOKED_AT - 1)
    ).fetchone()
    return place


def _end_of_run(connection: sqlite3.Connection, after: int) -> int:
    row = connection.execute(_STEP_OF_RUN, (after, LOOKED_AT - 1)).fetchone()
    return select_newest(connection) if row is None else int(row[0])


def _matching(
    connection: sqlite3.Connection,
    conditions: Conditions,
    wanted: LogFilter,
    *,
    order: str,
    limit: int,
) -> list[LogRecord]:
    query = f"SELECT {COLUMNS} FROM records {conditions.where} {order}"  # noqa: S608 - values are bound
    rows: Any = connection.execute(query, conditions.values)
    records = (record_of(row) for row in rows)
    # A text may stand in JSON in other signs than its own: it is sought in what was written.
    return list(islice((each for each in records if contains(each.entry, wanted.contains)), limit))
