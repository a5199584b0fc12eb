"""What a filter means, and what a record weighs: the same in every adapter."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from deltastream.domain.errors import PageTokenInvalidError
from deltastream.ports.log_store import LogEntry, LogFilter, LogRecord
from deltastream.ports.windows import Cursor, Window

LOOKED_AT: Final = 20_000
"""So many records are looked at for one page, or one run."""

_TO_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
# Of keeping a record at all, besides its texts.
_OVERHEAD: Final = 100


def matches(entry: LogEntry, wanted: LogFilter) -> bool:
    """Say whether an entry is wanted."""
    return (
        entry.level >= wanted.level
        and (not wanted.services or entry.service in wanted.services)
        and (not wanted.trace_id or entry.trace_id == wanted.trace_id)
        and contains(entry, wanted.contains)
    )


def contains(entry: LogEntry, text: str) -> bool:
    """Say whether a text stands in an entry, whatever the case of the letters A to Z."""
    if not text:
        return True
    sought = text.translate(_TO_LOWER)
    return any(
        sought in each.translate(_TO_LOWER) for each in (entry.event, *entry.fields.values())
    )


def size_of(entry: LogEntry) -> int:
    """Return about how many bytes keeping an entry takes."""
    texts = (entry.service, entry.event, entry.trace_id, entry.span_id)
    named = sum(len(name) + len(value.encode()) for name, value in entry.fields.items())
    return _OVERHEAD + named + sum(len(text.encode()) for text in texts)


def place_of(record: LogRecord) -> tuple[datetime, int]:
    """Return what listings are ordered by."""
    return record.entry.timestamp, record.sequence


def cursor_of(record: LogRecord) -> Cursor:
    """Return the place in a listing just after a record."""
    return Cursor(timestamp=record.entry.timestamp, key=str(record.sequence))


def lying_in(window: Window) -> Callable[[LogRecord], bool]:
    """Return what says whether a record is in the part of a listing that was asked for.

    Raises:
        PageTokenInvalidError: it begins in another listing.
    """
    start, end = window.start, window.end
    after = None if window.after is None else sequence_place(window.after)

    def lies_in(record: LogRecord) -> bool:
        timestamp = record.entry.timestamp
        return (
            (start is None or timestamp >= start)
            and (end is None or timestamp < end)
            and (after is None or place_of(record) < after)
        )

    return lies_in


def sequence_place(cursor: Cursor) -> tuple[datetime, int]:
    """Return the place that a cursor names.

    Raises:
        PageTokenInvalidError: it is the cursor of another listing.
    """
    if not cursor.key.isdecimal():
        raise PageTokenInvalidError
    return cursor.timestamp, int(cursor.key)
