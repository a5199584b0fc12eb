"""The schema of the log's file, version by version."""

from typing import Final

from deltastream.adapters.sqlite.migrations import Schema

# A record's id is its sequence. Moments are in microseconds since 1970-01-01T00:00:00Z, fields a
# JSON object. Indexes have the id at their end, as SQLite's do.
_VERSION_1: Final = (
    """
    CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        service TEXT NOT NULL,
        timestamp INTEGER NOT NULL,
        level INTEGER NOT NULL,
        event TEXT NOT NULL,
        trace_id TEXT,
        span_id TEXT,
        fields TEXT NOT NULL
    )
    """,
    "CREATE INDEX records_by_time ON records (timestamp)",
    "CREATE INDEX records_of_service ON records (service, timestamp)",
    "CREATE INDEX records_of_trace ON records (trace_id, timestamp) WHERE trace_id IS NOT NULL",
    # One row: nothing up to this sequence is sure to be here.
    "CREATE TABLE dropped (through INTEGER NOT NULL)",
)
LOGS_SCHEMA: Final = Schema(application_id=0x44534C47, migrations=(_VERSION_1,))
"""The application id is "DSLG" in ASCII."""
