"""Candles as documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bson.int64 import Int64

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.connection import Document, MarketDatabase
from deltastream.adapters.store.mongodb.fields import read_stated, stated
from deltastream.adapters.store.mongodb.listing import Listing
from deltastream.adapters.store.mongodb.moments import moment_fields, stored_moment
from deltastream.adapters.store.mongodb.writing import Write, put
from deltastream.adapters.store.newest import newest
from deltastream.domain.events import Candle
from deltastream.ports.store import Window, Written

_PRICES: Final = ("open", "high", "low", "close")
_OPTIONAL: Final = ("volume", "mean", "variance")
_LISTING: Final = Listing(time="start")


async def put_candles(
    database: MarketDatabase, candles: Sequence[Candle], *, written_at: datetime
) -> Written:
    """Write candles; of one window, that of the highest revision holds.

    Of the same revision a final candle replaces a provisional one, and a provisional one of more
    ticks one of fewer. A final candle is never replaced by one of its own revision.
    """
    latest = newest(
        candles,
        key=lambda candle: (candle.product, candle.window_minutes, candle.start),
        rank=_rank_of,
    )
    writes = [
        Write(document=_document_of(candle, written_at), older=_older_than(candle))
        for candle in latest
    ]
    stored = await put(database["candles"], writes)
    return Written(stored=stored, unchanged=len(candles) - stored)


async def list_candles(
    database: MarketDatabase, product: str, window_minutes: int, window: Window
) -> list[Candle]:
    """Read the candles of a window."""
    filters = {"product": product, "window_minutes": window_minutes}
    listed = await _LISTING.read(database["candles"], filters, window)
    return [_candle_of(document) for document in listed]


def _rank_of(candle: Candle) -> tuple[int, bool, int]:
    return (candle.revision, candle.final, 0 if candle.final else candle.tick_count)


def _older_than(candle: Candle) -> dict[str, Any]:
    """Return the condition that a document has a lower rank, in the order of `_rank_of`."""
    provisional: dict[str, Any] = {"revision": Int64(candle.revision), "final": False}
    if not candle.final:
        provisional["tick_count"] = {"$lt": Int64(candle.tick_count)}
    return {"$or": [{"revision": {"$lt": Int64(candle.revision)}}, provisional]}


def _document_of(candle: Candle, written_at: datetime) -> Document:
    return {
        "_id": f"{candle.product}:{candle.window_minutes}:{microseconds_of(candle.start)}",
        "product": candle.product,
        "window_minutes": candle.window_minutes,
        **moment_fields("start", candle.start),
        "revision": Int64(candle.revision),
        "final": candle.final,
        "imputed": candle.imputed,
        **stated(candle, *_PRICES),
        "tick_count": Int64(candle.tick_count),
        **stated(candle, *_OPTIONAL),
        **moment_fields("written_at", written_at),
    }


def _candle_of(document: Document) -> Candle:
    return Candle(
        product=document["product"],
        window_minutes=document["window_minutes"],
        start=stored_moment(document, "start"),
        revision=int(document["revision"]),
        final=document["final"],
        imputed=document["imputed"],
        tick_count=int(document["tick_count"]),
        **read_stated(document, *_PRICES, *_OPTIONAL),
    )
