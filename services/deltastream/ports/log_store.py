"""What has been logged, kept for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from deltastream.ports.windows import Cursor, Window


class Level(IntEnum):
    """How much a record matters, by the numbers of the contract."""

    DEBUG = 1
    INFO = 2
    WARNING = 3
    ERROR = 4
    CRITICAL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What a program has logged.

    Attributes:
        service: who it was.
        timestamp: when it happened, by its own clock.
        event: what happened.
        trace_id: the trace that it belongs to; empty for none.
        span_id: the span of that trace; empty for none.
        fields: the facts, by name.
    """

    service: str
    timestamp: datetime
    level: Level
    event: str
    trace_id: str = ""
    span_id: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """An entry that is kept.

    Attributes:
        sequence: its place in the order of arrival, in microseconds since 1970; no two the same.
    """

    sequence: int
    entry: LogEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which records are wanted.

    Attributes:
        services: who wrote them; empty means everybody.
        level: the least that they matter.
        trace_id: the trace that they belong to; empty means any or none.
        contains: a text that stands in the event or in the value of a field, whatever the case of
            the letters A to Z; empty means any.
    """

    services: frozenset[str] = frozenset()
    level: Level = Level.DEBUG
    trace_id: str = ""
    contains: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A part of a listing.

    Attributes:
        records: newest first by their timestamps, then by their sequences.
        end: where to continue; None when there is nothing further. So many records are looked at
            for one page, so that there may be fewer than asked for, and more of them further on.
    """

    records: Sequence[LogRecord]
    end: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRun:
    """Consecutive records that are wanted, in the order of their arrival.

    Attributes:
        records: in the order of their sequence.
        through: every record up to this sequence has been looked at.
        complete: whether nothing after the beginning of the run has been dropped.
    """

    records: Sequence[LogRecord]
    through: int
    complete: bool


class LogStore(Protocol):
    """A log of bounded size.

    It holds so many bytes, as it was told when it was opened; what is appended beyond pushes out
    what came first. How many of whose records were dropped is what `append` and `prune` return.
    Sequences are given at arrival and only grow, also over restarts. Every method raises
    DependencyUnavailableError when the database does not answer.
    """

    async def append(self, entries: Sequence[LogEntry]) -> Mapping[str, int]:
        """Keep entries, in their order; they are durable when it returns, all or none.

        Returns:
            how many older records were dropped for them, by service.
        """
        ...

    async def query(self, wanted: LogFilter, window: Window) -> LogPage:
        """List records by their timestamps. The cursor's key is the sequence."""
        ...

    async def read(self, wanted: LogFilter, *, after: int, limit: int) -> LogRun:
        """Return up to `limit` records of the sequences above `after`."""
        ...

    async def newest(self) -> int:
        """Return a sequence that all records have come up to, and none that is still to come."""
        ...

    async def prune(self, *, before: datetime, limit: int) -> Mapping[str, int]:
        """Drop up to `limit` records that came before a moment; return how many, by service.

        It is finished when fewer were dropped. Age counts from arrival: whoever writes may have
        another idea of the time.
        """
        ...

    async def ping(self) -> None:
        """Return when the database answers."""
        ...

    async def close(self) -> None:
        """Finish what was begun and release the database. Repeating is safe."""
        ...
