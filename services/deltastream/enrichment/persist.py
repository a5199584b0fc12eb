"""Writes enriched entries to storage, in requests of a bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import grpc

from deltastream.enrichment.candle_outbox import CandleNews
from deltastream.enrichment.enricher import Enriched
from deltastream.market.v1 import candle_pb2
from deltastream.runtime.codec.wire import element
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

ItemT = TypeVar("ItemT")
_MOST_CHAINS: Final = 100
# Well within the 4 MiB that storage receives: a chain of 1,600 strikes takes 0.7.
_MOST_CHAIN_BYTES: Final = 3_000_000
_MOST_TICKS: Final = 5000
_MOST_CANDLES: Final = 5000
# The caller is at fault, and would be again.
_PERMANENT: Final = frozenset({grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE})

Result = Enriched | CandleNews
"""What enrichment has to store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What storage will not take, however often it is told.

    Attributes:
        item: one of those that were to be stored.
        error: why not.
    """

    item: Result
    error: str


async def persist_apart(storage: StorageServiceStub, batch: Sequence[Result]) -> list[Refusal]:
    """Store everything in the batch but what storage refuses, and return that; repeating is safe.

    One bad event does not take its neighbours along: where a batch is refused, each is tried alone.

    Raises:
        grpc.aio.AioRpcError: storage is away, or failed for a reason of its own.
    """
    try:
        await persist(storage, batch)
    except grpc.aio.AioRpcError as error:
        if error.code() not in _PERMANENT:
            raise
        if len(batch) == 1:
            return [Refusal(item=batch[0], error=f"storage refused it: {error.details()}")]
        alone = [await persist_apart(storage, [item]) for item in batch]
        return [refusal for refusals in alone for refusal in refusals]
    return []


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
    for request in _chain_requests(chain for item in batch for chain in item.chains):
        await storage.PutChains(request)
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


def _chain_requests(chains: Iterable[bytes]) -> Iterator[pb.PutChainsRequest]:
    """Cut encoded chains into requests of a bounded number and a bounded size."""
    part: list[bytes] = []
    size = 0
    for chain in chains:
        if part and (len(part) == _MOST_CHAINS or size + len(chain) > _MOST_CHAIN_BYTES):
            yield _chain_request(part)
            part, size = [], 0
        part.append(chain)
        size += len(chain)
    if part:
        yield _chain_request(part)


def _chain_request(chains: Iterable[bytes]) -> pb.PutChainsRequest:
    """Read a request out of encoded chains, which takes less than to copy messages into one."""
    field = pb.PutChainsRequest.CHAINS_FIELD_NUMBER
    return pb.PutChainsRequest.FromString(b"".join(element(field, chain) for chain in chains))


def _parts(items: Sequence[ItemT], most: int) -> Iterator[Sequence[ItemT]]:
    return (items[at : at + most] for at in range(0, len(items), most))
