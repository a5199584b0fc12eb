"""Remembers how far runs were pruned: the highest sequence of each kind and product."""

from typing import Final

from bson.int64 import Int64
from pymongo.errors import DuplicateKeyError

from deltastream.adapters.store.mongodb.connection import MarketDatabase
from deltastream.ports.store import Kind

_NOTHING: Final = -1


async def pruned_through(database: MarketDatabase, kind: Kind, product: str) -> int:
    """Return the highest sequence that was ever pruned; below all sequences if none was."""
    noted = await database["pruned"].find_one({"_id": _key_of(kind, product)})
    return _NOTHING if noted is None else int(noted["through_sequence"])


async def remember_pruned(database: MarketDatabase, kind: Kind, product: str, through: int) -> None:
    """Note the highest sequence that is about to be pruned."""
    about = {"_id": _key_of(kind, product)}
    change = {
        "$max": {"through_sequence": Int64(through)},
        "$setOnInsert": {"kind": str(kind), "product": product},
    }
    try:
        await database["pruned"].update_one(about, change, upsert=True)
    except DuplicateKeyError:
        # Another pruned this product for the first time too, and was first to say so.
        await database["pruned"].update_one(about, change)


def _key_of(kind: Kind, product: str) -> str:
    return f"{kind}:{product}"
