"""What the listing requests have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, Self, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.ports.store import Cursor, Window
from deltastream.runtime.codec.moments import to_datetime
from deltastream.runtime.pages import (
    filter_digest,
    next_token,
    page_size_of,
    read_page_token,
    write_page_token,
)

RowT = TypeVar("RowT")


class ListRequest(Protocol):
    """The fields that every listing request of the contract has."""

    @property
    def start(self) -> Timestamp:
        """Earliest timestamp, inclusive."""
        ...

    @property
    def end(self) -> Timestamp:
        """Latest timestamp, exclusive."""
        ...

    @property
    def page_size(self) -> int:
        """The most rows; 0 is the default."""
        ...

    @property
    def limit(self) -> int:
        """The original platform's name for page_size."""
        ...

    @property
    def page_token(self) -> str:
        """Where to continue."""
        ...

    def HasField(self, field_name: Literal["start", "end"]) -> bool:  # noqa: N802 - protobuf's
        """Say whether a bound is given."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a listing: which rows to ask for, and where the next page begins.

    Attributes:
        window: asks for one row more than the page has, to know whether another follows.
    """

    window: Window
    size: int
    digest: str

    @classmethod
    def of(cls, request: ListRequest, *subject: object) -> Self:
        """Read a listing request; `subject` is what else it filters by.

        Raises:
            PageTokenInvalidError: its page token belongs to another filter.
        """
        start = to_datetime(request.start) if request.HasField("start") else None
        end = to_datetime(request.end) if request.HasField("end") else None
        digest = filter_digest(*subject, start, end)
        size = page_size_of(request.page_size, request.limit)
        after = read_page_token(request.page_token, digest)
        return cls(
            window=Window(limit=size + 1, start=start, end=end, after=after),
            size=size,
            digest=digest,
        )

    @property
    def newest_only(self) -> bool:
        """Whether just the newest row of everything was asked for."""
        return self.size == 1 and self.unbounded

    @property
    def unbounded(self) -> bool:
        """Whether the first page of everything was asked for: an empty answer means no data."""
        window = self.window
        return window.start is None and window.end is None and window.after is None

    def page(
        self, rows: Sequence[RowT], cursor_of: Callable[[RowT], Cursor]
    ) -> tuple[Sequence[RowT], str]:
        """Cut the rows to the page, and return the token of the next; empty at the end."""
        cursors = [cursor_of(row) for row in rows[self.size - 1 : self.size + 1]]
        token = next_token(cursors, self.digest)
        return rows[: self.size], token

    def token_after(self, timestamp: Timestamp, key: str) -> str:
        """Return the token of what follows a row, when nobody has looked whether anything does."""
        return write_page_token(Cursor(timestamp=to_datetime(timestamp), key=key), self.digest)
