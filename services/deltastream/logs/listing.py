"""One page of a query."""

from dataclasses import dataclass
from typing import Self

from deltastream.logs.encoding import in_parts, level_of, moment_in
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.ports.log_store import Level, LogFilter, LogPage
from deltastream.ports.windows import Cursor, Window
from deltastream.runtime.pages import (
    filter_digest,
    page_size_of,
    read_page_token,
    write_page_token,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What to ask the store for, and where the next page begins.

    Attributes:
        digest: names the filter, which page tokens are held to.
    """

    wanted: LogFilter
    window: Window
    digest: str

    @classmethod
    def of(cls, request: pb.QueryLogsRequest) -> Self:
        """Read a request.

        Raises:
            InvalidValueError: it asks for a time that cannot be.
            PageTokenInvalidError: its page token belongs to another filter.
        """
        wanted = LogFilter(
            services=frozenset(filter(None, [request.service])),
            level=level_of(request.level, otherwise=Level.DEBUG),
            trace_id=request.trace_id,
            contains=request.contains,
        )
        bounded = {
            name: moment_in(getattr(request, name), field=name)
            for name in ("start", "end")
            if request.HasField(name)
        }
        start, end = bounded.get("start"), bounded.get("end")
        digest = filter_digest(
            "logs", request.service, wanted.level, wanted.trace_id, wanted.contains, start, end
        )
        return cls(
            wanted=wanted,
            window=Window(
                limit=page_size_of(request.page_size, request.limit),
                start=start,
                end=end,
                after=read_page_token(request.page_token, digest),
            ),
            digest=digest,
        )

    def answer(self, service: str, page: LogPage) -> pb.QueryLogsResponse:
        """Return a page as an answer, cut where it would be too long for one."""
        logs = next(in_parts(page.records), [])
        end = page.end
        if len(logs) < len(page.records):
            last = page.records[len(logs) - 1]
            end = Cursor(timestamp=last.entry.timestamp, key=str(last.sequence))
        token = "" if end is None else write_page_token(end, self.digest)
        return pb.QueryLogsResponse(
            service=service, count=len(logs), logs=logs, next_page_token=token
        )
