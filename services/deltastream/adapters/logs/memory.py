"""A log in memory, for tests and for whoever needs none after a restart."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from deltastream.adapters.logs.matching import (
    LOOKED_AT,
    cursor_of,
    lying_in,
    matches,
    place_of,
    size_of,
)
from deltastream.adapters.microseconds import microseconds_of
from deltastream.ports.clock import Clock
from deltastream.ports.log_store import LogEntry, LogFilter, LogPage, LogRecord, LogRun
from deltastream.ports.windows import Window


class MemoryLogStore:
    """A LogStore in a deque."""

    def __init__(self, *, most_bytes: int, clock: Clock) -> None:
        """Begin an empty log.

        Args:
            most_bytes: how much it holds; the oldest records give way when it is full.
            clock: the present, for sequences.
        """
        self._most_bytes: Final = most_bytes
        self._clock = clock
        self._records: deque[LogRecord] = deque()
        self._bytes = 0
        # Nothing of before the start is here.
        self._newest = self._dropped_through = microseconds_of(clock())

    async def append(self, entries: Sequence[LogEntry]) -> Mapping[str, int]:
        """Keep entries."""
        for entry in entries:
            self._newest = max(self._newest + 1, microseconds_of(self._clock()))
            self._records.append(LogRecord(sequence=self._newest, entry=entry))
            self._bytes += size_of(entry)
        dropped: Counter[str] = Counter()
        while self._bytes > self._most_bytes:
            dropped[self._drop_oldest()] += 1
        return dropped

    async def query(self, wanted: LogFilter, window: Window) -> LogPage:
        """List records by their timestamps."""
        listed = list(filter(lying_in(window), self._records))
        listed.sort(key=place_of, reverse=True)
        looked_at, found = 0, list[LogRecord]()
        for looked_at, record in enumerate(listed[:LOOKED_AT], start=1):  # noqa: B007 - read below
            if matches(record.entry, wanted):
                found.append(record)
            if len(found) == window.limit:
                break
        more = looked_at < len(listed)
        return LogPage(records=found, end=cursor_of(listed[looked_at - 1]) if more else None)

    async def read(self, wanted: LogFilter, *, after: int, limit: int) -> LogRun:
        """Return records in the order of their arrival."""
        through, found = after, list[LogRecord]()
        for record in islice(self._after(after), LOOKED_AT):
            through = record.sequence
            if matches(record.entry, wanted):
                found.append(record)
            if len(found) == limit:
                break
        return LogRun(records=found, through=through, complete=after >= self._dropped_through)

    async def newest(self) -> int:
        """Return the sequence of the newest record."""
        return self._newest

    async def prune(self, *, before: datetime, limit: int) -> Mapping[str, int]:
        """Drop records that came before a moment."""
        dropped: Counter[str] = Counter()
        oldest = microseconds_of(before)
        while self._records and self._records[0].sequence < oldest and dropped.total() < limit:
            dropped[self._drop_oldest()] += 1
        return dropped

    async def ping(self) -> None:
        """Return at once."""

    async def close(self) -> None:
        """Forget everything."""
        self._records.clear()

    def _after(self, sequence: int) -> Iterator[LogRecord]:
        return (record for record in self._records if record.sequence > sequence)

    def _drop_oldest(self) -> str:
        """Drop a record, and return whose it was."""
        record = self._records.popleft()
        self._bytes -= size_of(record.entry)
        self._dropped_through = record.sequence
        return record.entry.service
