"""Writes and lists enriched chains."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from bson.int64 import Int64

from deltastream.adapters.store.mongodb.chain_documents import LEGS, chain_of, document_of
from deltastream.adapters.store.mongodb.connection import MarketDatabase
from deltastream.adapters.store.mongodb.distinct import values_of
from deltastream.adapters.store.mongodb.listing import Listing
from deltastream.adapters.store.mongodb.pruned import pruned_through
from deltastream.adapters.store.mongodb.runs import RunReader
from deltastream.adapters.store.mongodb.writing import Write, put
from deltastream.adapters.store.newest import newest
from deltastream.domain.events import EnrichedChain
from deltastream.ports.store import Kind, Window, Written


def _expiry_of(key: str) -> str:
    return date.fromisoformat(key).isoformat()


_OF_ONE_EXPIRY: Final = Listing()
_OF_ALL: Final = Listing(tie="expiry", tie_of=_expiry_of)

RUNS: Final = RunReader(kind=Kind.CHAINS, event_of=chain_of)


async def put_chains(database: MarketDatabase, chains: Sequence[EnrichedChain]) -> Written:
    """Write chains; of one expiry and time, that of the highest sequence holds."""
    latest = newest(
        chains,
        key=lambda each: (each.chain.product, each.chain.expiry, each.chain.timestamp),
        rank=lambda each: each.chain.sequence,
    )
    stored = await put(database["chains"], [_write_of(each) for each in latest])
    return Written(stored=stored, unchanged=len(chains) - stored)


async def list_expiries(database: MarketDatabase, product: str, *, past: bool) -> list[date]:
    """Read the expiries that chains of a product have, ascending."""
    filters: dict[str, Any] = {"product": product}
    if not past:
        # In the index behind the expiry: those of which only closes are kept are passed over there.
        filters["sequence"] = {"$gt": await pruned_through(database, Kind.CHAINS, product)}
    expiries = await values_of(database["chains"], "expiry", filters)
    return [date.fromisoformat(text) for text in expiries]


async def list_chains(
    database: MarketDatabase,
    product: str,
    expiry: date | None,
    window: Window,
    *,
    with_legs: bool,
) -> list[EnrichedChain]:
    """Read the chains of a window, of one expiry or of all."""
    filters: dict[str, Any] = {"product": product}
    if expiry is not None:
        filters["expiry"] = expiry.isoformat()
    listed = await (_OF_ALL if expiry is None else _OF_ONE_EXPIRY).read(
        database["chains"], filters, window, without=() if with_legs else LEGS
    )
    return [chain_of(document) for document in listed]


def _write_of(enriched: EnrichedChain) -> Write:
    return Write(
        document=document_of(enriched), older={"sequence": {"$lt": Int64(enriched.chain.sequence)}}
    )
