"""Writes enriched entries to storage, in requests of a bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from deltastream.enrichment.candle_outbox import CandleNews
from deltastream.enrichment.enricher import Enriched
from deltastream.market.v1 import candle_pb2
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

ItemT = TypeVar("ItemT")
_MOST_CHAINS: Final = 100
_MOST_TICKS: Final = 5000
_MOST_CANDLES: Final = 5000


Result = Enriched | CandleNews
"""What enrichment has to store."""


async def persist(storage: StorageServiceStub, batch: Sequence[Result]) -> None:
    """Store everything in the batch; repeating is safe.

    Candles come last: a process that goes on after a crash makes them anew from the ticks.

    Raises:
        grpc.aio.AioRpcError: something was not stored.
    """
    enriched = [item for item in batch if isinstance(item, Enriched)]
    await _persist_enriched(storage, enriched)
    news = (item for item in batch if isinstance(item, CandleNews))
    for candles in _parts(_newest(news), _MOST_CANDLES):
        await storage.PutCandles(pb.PutCandlesRequest(candles=candles))


async def _persist_enriched(storage: StorageServiceStub, batch: Sequence[Enriched]) -> None:
    for chains in _parts([chain for item in batch for chain in item.chains], _MOST_CHAINS):
        await storage.PutChains(pb.PutChainsRequest(chains=chains))
    for ticks in _parts([tick for item in batch for tick in item.ticks], _MOST_TICKS):
        await storage.PutTicks(pb.PutTicksRequest(ticks=ticks))
    for quotes in _parts([quote for item in batch for quote in item.quotes], _MOST_TICKS):
        await storage.PutQuotes(pb.PutQuotesRequest(quotes=quotes))


def _newest(news: Iterable[CandleNews]) -> list[candle_pb2.Candle]:
    """Return the newest version of each candle; news come in the order in which it was told."""
    newest = {
        (candle.product, candle.window_minutes, candle.start.ToMicroseconds()): candle
        for item in news
        for candle in item.candles
    }
    return list(newest.values())


def _parts(items: Sequence[ItemT], most: int) -> Iterator[Sequence[ItemT]]:
    return (items[at : at + most] for at in range(0, len(items), most))
