"""The indexes of the market database. `_id` is what an event is about, and unique by itself."""

from typing import Final

from pymongo import ASCENDING

from deltastream.adapters.store.mongodb.connection import MarketDatabase
from deltastream.adapters.store.mongodb.listing import newest_first
from deltastream.adapters.store.mongodb.moments import exactly

_Keys = list[tuple[str, int]]


def _ascending(*fields: str) -> _Keys:
    return [(field, ASCENDING) for field in fields]


# By name within each collection. A name is not given to other keys later: MongoDB refuses that.
INDEXES: Final[dict[str, dict[str, _Keys]]] = {
    "ticks": {
        "newest": [*_ascending("product"), *newest_first("timestamp"), ("sequence", ASCENDING)],
        "in_sequence": _ascending("product", "sequence"),
    },
    "quotes": {
        "newest": [*_ascending("symbol"), *newest_first("timestamp")],
        "as_they_came": _ascending("sequence"),
    },
    "chains": {
        "newest": [*_ascending("product"), *newest_first("timestamp"), ("expiry", ASCENDING)],
        "newest_of_expiry": [*_ascending("product", "expiry"), *newest_first("timestamp")],
        "in_sequence": _ascending("product", "sequence"),
        "in_sequence_of_expiry": _ascending("product", "expiry", "sequence"),
    },
    "candles": {
        "newest": [*_ascending("product", "window_minutes"), *newest_first("start")],
        "as_they_came": _ascending(exactly("written_at")),
    },
}


async def ensure_indexes(database: MarketDatabase) -> None:
    """Make the indexes that are not there yet."""
    for collection, indexes in INDEXES.items():
        for name, keys in indexes.items():
            # One at a time: some servers fail when several of those asked for are there.
            await database[collection].create_index(keys, name=name)
