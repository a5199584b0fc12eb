"""What tests log."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from deltastream.ports.log_store import Level, LogEntry, LogRecord

NOON = datetime(2026, 1, 27, 12, 0, tzinfo=UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


class SettableClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


def entry(
    event: str = "something_happened",
    *,
    service: str = "storage",
    second: float = 0.0,
    level: Level = Level.INFO,
    trace_id: str = "",
    span_id: str = "",
    fields: Mapping[str, str] | None = None,
) -> LogEntry:
    """Return an entry of some seconds after noon."""
    return LogEntry(
        service=service,
        timestamp=NOON + timedelta(seconds=second),
        level=level,
        event=event,
        trace_id=trace_id,
        span_id=span_id,
        fields=fields or {},
    )


def events(records: Iterable[LogRecord]) -> list[str]:
    """Return what happened, by records."""
    return [record.entry.event for record in records]
