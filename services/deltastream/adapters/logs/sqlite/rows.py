"""Log records as rows."""

import json
from typing import Any, Final

from deltastream.adapters.microseconds import microseconds_of, moment_of
from deltastream.ports.log_store import Level, LogEntry, LogRecord

COLUMNS: Final = "id, service, timestamp, level, event, trace_id, span_id, fields"
INSERT: Final = f"INSERT INTO records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants

Row = tuple[Any, ...]


def row_of(entry: LogEntry, sequence: int) -> Row:
    """Return an entry as a row."""
    return (
        sequence,
        entry.service,
        microseconds_of(entry.timestamp),
        entry.level,
        entry.event,
        entry.trace_id or None,
        entry.span_id or None,
        json.dumps(dict(entry.fields), ensure_ascii=False, separators=(",", ":")),
    )


def record_of(row: Row) -> LogRecord:
    """Return a row as a record."""
    sequence, service, timestamp, level, event, trace_id, span_id, fields = row
    return LogRecord(
        sequence=sequence,
        entry=LogEntry(
            service=service,
            timestamp=moment_of(timestamp),
            level=Level(level),
            event=event,
            trace_id=trace_id or "",
            span_id=span_id or "",
            fields=json.loads(fields),
        ),
    )
