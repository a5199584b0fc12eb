"""Ticks as documents."""

from collections.abc import Sequence
from typing import Final

from bson.int64 import Int64

from deltastream.adapters.store.mongodb.connection import Document, MarketDatabase
from deltastream.adapters.store.mongodb.fields import stated
from deltastream.adapters.store.mongodb.listing import LAST, Listing
from deltastream.adapters.store.mongodb.moments import (
    moment_fields,
    optional_stored_moment,
    stored_moment,
)
from deltastream.adapters.store.mongodb.runs import RunReader
from deltastream.adapters.store.mongodb.writing import Write, put
from deltastream.adapters.store.newest import newest
from deltastream.domain.events import UnderlyingTick
from deltastream.ports.store import Kind, Window, Written


def _sequence_of(key: str) -> int:
    sequence = int(key)
    if not 0 <= sequence <= LAST:
        raise ValueError(f"{key} is no sequence")
    return sequence


_LISTING: Final = Listing(tie="sequence", tie_of=_sequence_of)


async def put_ticks(database: MarketDatabase, ticks: Sequence[UnderlyingTick]) -> Written:
    """Write ticks. The sequence is part of the key: none ever replaces another."""
    first = newest(ticks, key=lambda tick: (tick.product, tick.sequence), rank=lambda _: 0)
    stored = await put(database["ticks"], [Write(document=_document_of(tick)) for tick in first])
    return Written(stored=stored, unchanged=len(ticks) - stored)


async def list_ticks(
    database: MarketDatabase, product: str, window: Window
) -> list[UnderlyingTick]:
    """Read the ticks of a window."""
    listed = await _LISTING.read(database["ticks"], {"product": product}, window)
    return [_tick_of(document) for document in listed]


def _document_of(tick: UnderlyingTick) -> Document:
    return {
        "_id": f"{tick.product}:{tick.sequence}",
        "product": tick.product,
        **moment_fields("timestamp", tick.timestamp),
        "sequence": Int64(tick.sequence),
        "price": float(tick.price),
        **stated(tick, "volume"),
        **moment_fields("processed_at", tick.processed_at),
    }


def _tick_of(document: Document) -> UnderlyingTick:
    return UnderlyingTick(
        product=document["product"],
        sequence=int(document["sequence"]),
        timestamp=stored_moment(document, "timestamp"),
        price=document["price"],
        volume=document.get("volume"),
        processed_at=optional_stored_moment(document, "processed_at"),
    )


RUNS: Final = RunReader(kind=Kind.TICKS, event_of=_tick_of)
