"""Reads a listing to its end, page by page, and makes cursors as the port describes them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from deltastream.domain.events import Candle, EnrichedChain, OptionQuote, UnderlyingTick
from deltastream.ports.store import Cursor, Window

RowT = TypeVar("RowT")


def after_tick(tick: UnderlyingTick) -> Cursor:
    return Cursor(timestamp=tick.timestamp, key=str(tick.sequence))


def after_quote(quote: OptionQuote) -> Cursor:
    return Cursor(timestamp=quote.timestamp, key="")


def after_chain(enriched: EnrichedChain) -> Cursor:
    chain = enriched.chain
    return Cursor(timestamp=chain.timestamp, key=chain.expiry.isoformat())


def after_candle(candle: Candle) -> Cursor:
    return Cursor(timestamp=candle.start, key="")


async def pages(
    read: Callable[[Window], Awaitable[list[RowT]]],
    window: Window,
    cursor_of: Callable[[RowT], Cursor],
) -> AsyncIterator[list[RowT]]:
    """Yield each page until one is empty."""
    while page := await read(window):
        assert len(page) <= window.limit
        yield page
        place = cursor_of(page[-1])
        assert place != window.after, "each page goes on from the last"
        window = replace(window, after=place)


async def all_rows(
    read: Callable[[Window], Awaitable[list[RowT]]],
    window: Window,
    cursor_of: Callable[[RowT], Cursor],
) -> list[RowT]:
    """Return the rows of all pages."""
    return [row async for page in pages(read, window, cursor_of) for row in page]
