"""Log records in the words of the contract."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.errors import InvalidValueError
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.ports.log_store import Level, LogEntry, LogRecord
from deltastream.runtime.codec.moments import to_datetime, to_timestamp

_MOST_BYTES: Final = 65_536
# Clients take messages of at most 4 MiB, unless they say otherwise.
_PART_BYTES: Final = 2 * 1024 * 1024
# The end of the year 9999.
_LAST_SECOND: Final = 253_402_300_799


def record_message(record: LogRecord) -> pb.LogRecord:
    """Encode a record."""
    entry = record.entry
    return pb.LogRecord(
        sequence=record.sequence,
        timestamp=to_timestamp(entry.timestamp),
        service=entry.service,
        level=pb.LogLevel.ValueType(entry.level),
        event=entry.event,
        trace_id=entry.trace_id,
        span_id=entry.span_id,
        fields=entry.fields,
    )


def in_parts(records: Iterable[LogRecord]) -> Iterator[list[pb.LogRecord]]:
    """Encode records, in parts that are no longer than a message should be; none is empty."""
    part: list[pb.LogRecord] = []
    length = 0
    for message in map(record_message, records):
        if part and length + message.ByteSize() > _PART_BYTES:
            yield part
            part, length = [], 0
        part.append(message)
        length += message.ByteSize()
    if part:
        yield part


def ingested(request: pb.IngestRequest, *, now: datetime) -> list[LogEntry]:
    """Decode what a role has logged.

    Raises:
        InvalidValueError: an entry is too long, or of no possible time.
    """
    return list(_entries(request.service, request.entries, now=now))


def written(request: pb.WriteLogsRequest, *, now: datetime) -> list[LogEntry]:
    """Decode what another program has logged.

    Raises:
        InvalidValueError: an entry is too long, or of no possible time.
    """
    if request.entries:
        return list(_entries(request.service, request.entries, now=now))
    entry = pb.LogEntry(
        timestamp=request.timestamp if request.HasField("timestamp") else None,
        level=pb.LogLevel.Value(f"LOG_LEVEL_{request.level.upper() or 'INFO'}"),
        event=request.event or request.message,
        trace_id=request.trace_id,
        span_id=request.span_id,
        fields=request.fields,
    )
    return [_entry(request.service, entry, now=now, within="")]


def level_of(level: "pb.LogLevel.ValueType", *, otherwise: Level) -> Level:
    """Decode a level."""
    return Level(level) if level else otherwise


def moment_in(timestamp: Timestamp, *, field: str) -> datetime:
    """Decode a moment.

    Raises:
        InvalidValueError: it lies before 1970, or after 9999.
    """
    if not 0 <= timestamp.seconds <= _LAST_SECOND:
        raise InvalidValueError(field, "must be a time from 1970 to 9999")
    return to_datetime(timestamp)


def _entries(service: str, entries: Iterable[pb.LogEntry], *, now: datetime) -> Iterable[LogEntry]:
    for index, entry in enumerate(entries):
        yield _entry(service, entry, now=now, within=f"entries[{index}].")


def _entry(service: str, entry: pb.LogEntry, *, now: datetime, within: str) -> LogEntry:
    texts = (entry.event, *entry.fields.keys(), *entry.fields.values())
    if sum(len(text.encode()) for text in texts) > _MOST_BYTES:
        raise InvalidValueError(
            f"{within}fields", f"must have at most {_MOST_BYTES} bytes, with the event"
        )
    stated = entry.HasField("timestamp")
    return LogEntry(
        service=service,
        timestamp=moment_in(entry.timestamp, field=f"{within}timestamp") if stated else now,
        level=level_of(entry.level, otherwise=Level.INFO),
        event=entry.event,
        trace_id=entry.trace_id,
        span_id=entry.span_id,
        fields=dict(entry.fields),
    )
