"""Deletes chains but the last of each half day, a part at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.connection import Document, MarketDatabase
from deltastream.adapters.store.mongodb.distinct import values_of
from deltastream.adapters.store.mongodb.listing import between, newest_first
from deltastream.adapters.store.mongodb.moments import exactly
from deltastream.adapters.store.mongodb.pruned import pruned_through, remember_pruned
from deltastream.domain.half_days import HALF_DAY
from deltastream.ports.store import Kind

_HALF_DAY: Final = HALF_DAY // timedelta(microseconds=1)
_TIME: Final = exactly("timestamp")


async def thin_chains(database: MarketDatabase, *, before: datetime, limit: int) -> int:
    """Look through up to `limit` chains that came before a moment; return how many.

    That they are looked through is noted before the first is deleted. One that another process
    does not get to delete, because it ends between the two, stays until closes are pruned.

    Raises:
        ValueError: the limit is below 1.
    """
    if limit < 1:
        raise ValueError(f"thinning looks through at least 1 chain, not {limit}")
    seen = 0
    for product in await values_of(database["chains"], "product", {}):
        seen += await _thin_product(database, product, microseconds_of(before), limit - seen)
        if seen >= limit:
            break
    return seen


async def _thin_product(database: MarketDatabase, product: str, before: int, limit: int) -> int:
    after = await pruned_through(database, Kind.CHAINS, product)
    part = await _part(database, product, {"$gt": after, "$lt": before}, limit)
    if not part:
        return 0
    last = {await _last_of(database, product, *each) for each in {_half_day(one) for one in part}}
    going = [document["_id"] for document in part if document["_id"] not in last]
    through = int(part[-1]["sequence"])
    await remember_pruned(database, Kind.CHAINS, product, through)
    # The sequence again: one of them may have been replaced by a newer one meanwhile.
    await database["chains"].delete_many({"_id": {"$in": going}, "sequence": {"$lte": through}})
    return len(part)


async def _part(
    database: MarketDatabase, product: str, sequences: dict[str, Any], limit: int
) -> Sequence[Document]:
    """Read of which expiry and time chains are, by sequence."""
    found = database["chains"].find(
        {"product": product, "sequence": sequences}, {"expiry": 1, _TIME: 1, "sequence": 1}
    )
    return await found.sort("sequence", ASCENDING).limit(limit).to_list()


def _half_day(document: Document) -> tuple[str, int]:
    """Return the expiry of a chain, and when its half day began."""
    time = int(document[_TIME])
    return document["expiry"], time - time % _HALF_DAY


async def _last_of(database: MarketDatabase, product: str, expiry: str, begin: int) -> Any:
    """Return the `_id` of the last chain of a half day; None when all are gone."""
    last = await database["chains"].find_one(
        {
            "product": product,
            "expiry": expiry,
            **between("timestamp", begin, begin + _HALF_DAY - 1),
        },
        {"_id": 1},
        sort=newest_first("timestamp"),
    )
    return None if last is None else last["_id"]
