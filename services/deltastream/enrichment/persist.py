"""Writes enriched entries to storage, in requests of a bounded size."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from deltastream.enrichment.enricher import Enriched
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

ItemT = TypeVar("ItemT")
_MOST_CHAINS: Final = 100
_MOST_TICKS: Final = 5000


async def persist(storage: StorageServiceStub, batch: Sequence[Enriched]) -> None:
    """Store everything in the batch; repeating is safe.

    Raises:
        grpc.aio.AioRpcError: something was not stored.
    """
    for chains in _parts([chain for item in batch for chain in item.chains], _MOST_CHAINS):
        await storage.PutChains(pb.PutChainsRequest(chains=chains))
    for ticks in _parts([tick for item in batch for tick in item.ticks], _MOST_TICKS):
        await storage.PutTicks(pb.PutTicksRequest(ticks=ticks))
    for quotes in _parts([quote for item in batch for quote in item.quotes], _MOST_TICKS):
        await storage.PutQuotes(pb.PutQuotesRequest(quotes=quotes))


def _parts(items: Sequence[ItemT], most: int) -> Iterator[Sequence[ItemT]]:
    return (items[at : at + most] for at in range(0, len(items), most))
