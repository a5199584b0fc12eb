"""Which records a person wants to see."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.codec.moments import to_datetime, to_timestamp

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for on the command line.

    Attributes:
        service: empty for all.
        start: not older than this; None is any.
        limit: the newest so many, of those that are there already.
    """

    service: str
    level: "pb.LogLevel.ValueType"
    start: datetime | None
    trace: str
    contains: str
    limit: int

    @classmethod
    def of(
        cls,
        *,
        service: str | None,
        level: str,
        since: timedelta | None,
        trace: str,
        contains: str,
        limit: int,
    ) -> Self:
        """Read the words of the command line."""
        return cls(
            service=service or "",
            level=pb.LogLevel.Value(f"LOG_LEVEL_{level.upper()}"),
            start=None if since is None else datetime.now(UTC) - since,
            trace=trace,
            contains=contains,
            limit=limit,
        )

    def page(self, token: str, *, missing: int) -> pb.QueryLogsRequest:
        """Ask for one page of what is there."""
        return pb.QueryLogsRequest(
            service=self.service,
            level=self.level,
            start=None if self.start is None else to_timestamp(self.start),
            trace_id=self.trace,
            contains=self.contains,
            page_size=min(missing, _PAGE),
            page_token=token,
        )

    def tail(self, token: str) -> pb.TailLogsRequest:
        """Ask for what comes."""
        return pb.TailLogsRequest(
            services=[self.service] if self.service else [],
            level=self.level,
            trace_id=self.trace,
            backlog=self.limit,
            resume_token=token,
        )

    def admits(self, record: pb.LogRecord) -> bool:
        """Say whether a record is wanted by what a stream cannot be asked for."""
        texts = (record.event, *record.fields.values())
        sought = self.contains.lower()
        return (self.start is None or to_datetime(record.timestamp) >= self.start) and any(
            sought in text.lower() for text in texts
        )
