"""Deletes what is past its age, a part at a time."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from pymongo import ASCENDING

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.connection import MarketDatabase
from deltastream.adapters.store.mongodb.distinct import values_of
from deltastream.adapters.store.mongodb.moments import exactly
from deltastream.adapters.store.mongodb.pruned import remember_pruned
from deltastream.ports.store import Kind


async def prune(database: MarketDatabase, kind: Kind, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` documents of a kind that came before a moment; return how many.

    Raises:
        ValueError: the limit is below 1.
    """
    if limit < 1:
        raise ValueError(f"pruning deletes at least 1 row, not {limit}")
    return await _PRUNERS[kind](database, microseconds_of(before), limit)


async def _prune_ticks(database: MarketDatabase, before: int, limit: int) -> int:
    return await _prune_runs(database, Kind.TICKS, before, limit)


async def _prune_chains(database: MarketDatabase, before: int, limit: int) -> int:
    return await _prune_runs(database, Kind.CHAINS, before, limit)


async def _prune_quotes(database: MarketDatabase, before: int, limit: int) -> int:
    return await _prune_oldest(database, Kind.QUOTES, "sequence", before, limit)


async def _prune_candles(database: MarketDatabase, before: int, limit: int) -> int:
    return await _prune_oldest(database, Kind.CANDLES, exactly("written_at"), before, limit)


async def _prune_runs(database: MarketDatabase, kind: Kind, before: int, limit: int) -> int:
    """Prune events that are read as runs: each product's oldest, noted before they are gone."""
    deleted = 0
    for product in await values_of(database[kind], "product", {}):
        past = {"product": product, "sequence": {"$lt": before}}
        oldest = database[kind].find(past, {"_id": 0, "sequence": 1}).sort("sequence", ASCENDING)
        sequences = await oldest.limit(limit - deleted).to_list()
        if not sequences:
            continue
        through = int(sequences[-1]["sequence"])
        await remember_pruned(database, kind, product, through)
        gone = await database[kind].delete_many({"product": product, "sequence": {"$lte": through}})
        deleted += gone.deleted_count
        if deleted >= limit:
            break
    return deleted


async def _prune_oldest(
    database: MarketDatabase, kind: Kind, age: str, before: int, limit: int
) -> int:
    """Prune by a field that says when a document came."""
    past = {age: {"$lt": before}}
    oldest = database[kind].find(past, {"_id": 1}).sort(age, ASCENDING).limit(limit)
    keys = [document["_id"] for document in await oldest.to_list()]
    # The age again: one of them may have been replaced by a newer one meanwhile.
    gone = await database[kind].delete_many({"_id": {"$in": keys}, **past})
    return gone.deleted_count


_PRUNERS: Final[Mapping[Kind, Callable[[MarketDatabase, int, int], Awaitable[int]]]] = {
    Kind.TICKS: _prune_ticks,
    Kind.QUOTES: _prune_quotes,
    Kind.CHAINS: _prune_chains,
    Kind.CANDLES: _prune_candles,
}
