"""Parts of listings, of whatever is stored."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a listing: just after the row of this time and key."""

    timestamp: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a listing to return.

    Attributes:
        limit: the most rows; at least 1.
        start: earliest timestamp, inclusive; None is no bound.
        end: latest timestamp, exclusive; None is no bound.
        after: continue after this place; None starts at the newest row.
    """

    limit: int
    start: datetime | None = None
    end: datetime | None = None
    after: Cursor | None = None
