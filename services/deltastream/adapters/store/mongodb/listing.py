"""How documents are listed: newest first, each page one range of an index."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.collection import AsyncCollection

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.connection import Document
from deltastream.adapters.store.mongodb.moments import date_of, exactly
from deltastream.domain.errors import PageTokenInvalidError
from deltastream.ports.store import Cursor, Window

FIRST: Final = -(2**63)
LAST: Final = 2**63 - 1


def bounds_of(window: Window) -> tuple[int, int]:
    """Return the first and the last time of a window, before a cursor narrows it.

    Raises:
        ValueError: the window's limit is below 1.
    """
    if window.limit < 1:
        raise ValueError(f"a window holds at least 1 row, not {window.limit}")
    first = FIRST if window.start is None else microseconds_of(window.start)
    last = LAST if window.end is None else microseconds_of(window.end) - 1
    return first, last


def between(time: str, first: int, last: int) -> dict[str, Any]:
    """Return the condition that a time lies in a range, both ends included.

    The dates are the range in the index, the microseconds cut it exactly.
    """
    return {
        time: {"$gte": date_of(first), "$lte": date_of(last)},
        exactly(time): {"$gte": first, "$lte": last},
    }


def newest_first(time: str) -> list[tuple[str, int]]:
    """Return the order of listings; the dates come first because the index begins with them."""
    return [(time, DESCENDING), (exactly(time), DESCENDING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing of one collection.

    Attributes:
        time: the field of the time.
        tie: the field that orders documents of equal time, ascending; empty where there are none.
        tie_of: reads its value from a cursor's key; ValueError when it is none.
    """

    time: str = "timestamp"
    tie: str = ""
    tie_of: Callable[[str], Any] = str

    async def read(
        self,
        collection: AsyncCollection[Document],
        filters: Mapping[str, Any],
        window: Window,
        *,
        without: tuple[str, ...] = (),
    ) -> list[Document]:
        """Return the documents of a window, newest first.

        Args:
            collection: what is listed.
            filters: fields that are equal in all of the listing, the beginning of an index.
            window: which part of it.
            without: fields that are not read.

        Raises:
            PageTokenInvalidError: the cursor is not of this listing.
            ValueError: the window's limit is below 1.
        """
        found = collection.find(self.query(filters, window), dict.fromkeys(without, 0) or None)
        return await found.sort(self.order()).limit(window.limit).to_list()

    def query(self, filters: Mapping[str, Any], window: Window) -> dict[str, Any]:
        """Return the condition of a page.

        The window's end and the cursor make one upper bound: a page begins in the index where the
        last one ended, and only documents that share that time are passed over.
        """
        first, last = bounds_of(window)
        if window.after is None:
            return {**filters, **between(self.time, first, last)}
        last = min(last, self._last_after(window.after))
        return {**filters, **between(self.time, first, last), **self._not_passed(window.after)}

    def order(self) -> list[tuple[str, int]]:
        """Return the order of a page."""
        ties = [(self.tie, ASCENDING)] if self.tie else []
        return newest_first(self.time) + ties

    def _last_after(self, cursor: Cursor) -> int:
        return microseconds_of(cursor.timestamp) - (0 if self.tie else 1)

    def _not_passed(self, cursor: Cursor) -> dict[str, Any]:
        """Return the condition that a document was not listed before the cursor."""
        if not self.tie:
            return {}
        try:
            tie = self.tie_of(cursor.key)
        except ValueError:
            raise PageTokenInvalidError from None
        passed = {exactly(self.time): microseconds_of(cursor.timestamp), self.tie: {"$lte": tie}}
        return {"$nor": [passed]}
