"""Reads events of a product by sequence, and knows whether pruning left a gap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pymongo import ASCENDING

from deltastream.adapters.store.mongodb.connection import Document, MarketDatabase
from deltastream.adapters.store.mongodb.listing import LAST
from deltastream.adapters.store.mongodb.pruned import pruned_through
from deltastream.ports.store import Kind, Run

EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReader(Generic[EventT]):
    """How runs of one kind are read.

    Attributes:
        kind: also the name of the collection.
        event_of: reads a document.
    """

    kind: Kind
    event_of: Callable[[Document], EventT]

    async def read(
        self, database: MarketDatabase, product: str, *, after: int, through: int, limit: int
    ) -> Run[EventT]:
        """Return up to `limit` events of the sequences above `after`, up to `through`.

        Raises:
            ValueError: the limit is below 1.
        """
        if limit < 1:
            raise ValueError(f"a run holds at least 1 event, not {limit}")
        # What is stored has sequences that fit.
        bounds = {"$gt": min(after, LAST), "$lte": min(through, LAST)}
        found = database[self.kind].find({"product": product, "sequence": bounds})
        documents = await found.sort("sequence", ASCENDING).limit(limit).to_list()
        # Asked afterwards: what is pruned is noted before it is deleted, so no gap goes unseen.
        pruned = await pruned_through(database, self.kind, product)
        events = [self.event_of(document) for document in documents]
        return Run(events=events, complete=pruned <= after)
