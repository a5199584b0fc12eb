"""Services that answer at once: `python -m benchmarks.canned_services TICKS CHAINS`.

Storage always says the same; enrichment streams so many ticks and chains a second, dated, of each
product in turn. What is measured in front of them is not what they do. Prints its HOST:PORT.
"""

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import grpc
from benchmarks.sample_messages import PRODUCTS, sample_chain, sample_product, sample_tick
from grpc_health.v1.health import aio as health_aio
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from deltastream.enrichment.v1 import enrichment_service_pb2 as enrichment_pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.storage.v1 import storage_service_pb2 as storage_pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)
from deltastream.stream.v1.stream_pb2 import CaughtUp, Started

_NAMES: Final = tuple(
    f"deltastream.{role}.v1.{role.title()}Service"
    for role in ("analytics", "enrichment", "feed", "storage")
)
# The most wake-ups a second: beyond, several events come together.
_BATCHES_PER_SECOND: Final = 50


class _Storage(StorageServiceServicer):
    """Says what it always says."""

    def __init__(self) -> None:
        details = [sample_product(symbol) for symbol in PRODUCTS]
        self._products = storage_pb.ListProductsResponse(products=PRODUCTS, details=details)
        chain = sample_chain()
        self._chains = storage_pb.ListChainsResponse(product=chain.product, count=1, chains=[chain])

    async def ListProducts(  # noqa: N802 - the contract's name
        self, request: storage_pb.ListProductsRequest, context: Any
    ) -> storage_pb.ListProductsResponse:
        del request, context
        return self._products

    async def ListChains(  # noqa: N802 - the contract's name
        self, request: storage_pb.ListChainsRequest, context: Any
    ) -> storage_pb.ListChainsResponse:
        del request, context
        return self._chains


class _Enrichment(EnrichmentServiceServicer):
    """Streams at a steady pace.

    Args:
        ticks: a second.
        chains: a second.
    """

    def __init__(self, ticks: float, chains: float) -> None:
        self._ticks = ticks
        self._chains = chains

    async def StreamTicks(  # noqa: N802 - the contract's name
        self, request: enrichment_pb.StreamTicksRequest, context: Any
    ) -> AsyncIterator[enrichment_pb.StreamTicksResponse]:
        del request, context
        samples = [sample_tick(product) for product in PRODUCTS]
        frames = _frames(enrichment_pb.StreamTicksResponse)
        yield next(frames)(started=Started())
        yield next(frames)(caught_up=CaughtUp())
        async for events in _paced(samples, self._ticks, date=lambda tick: tick.timestamp):
            yield next(frames)(batch=enrichment_pb.TickBatch(ticks=events))

    async def StreamChains(  # noqa: N802 - the contract's name
        self, request: enrichment_pb.StreamChainsRequest, context: Any
    ) -> AsyncIterator[enrichment_pb.StreamChainsResponse]:
        del request, context
        samples = [sample_chain(product) for product in PRODUCTS]
        frames = _frames(enrichment_pb.StreamChainsResponse)
        yield next(frames)(started=Started())
        yield next(frames)(caught_up=CaughtUp())
        async for events in _paced(samples, self._chains, date=lambda chain: chain.published_at):
            yield next(frames)(batch=enrichment_pb.ChainBatch(chains=events))


def _frames(response: Callable[..., Any]) -> Any:
    """Yield what makes the next frame of a stream."""
    for number in itertools.count(1):
        yield lambda number=number, **frame: response(
            sequence=number, resume_token=str(number), **frame
        )


async def _paced(
    samples: list[Any], rate: float, *, date: Callable[[Any], Any]
) -> AsyncIterator[list[Any]]:
    """Yield so many events a second, of each sample in turn, dated now."""
    clock = asyncio.get_running_loop().time
    due, sequences = clock(), itertools.count(1)
    pause = 1.0 / min(rate, _BATCHES_PER_SECOND) if rate else 3600.0
    while True:
        due += pause
        await asyncio.sleep(due - clock())
        events = []
        for number in itertools.islice(sequences, max(1, round(rate * pause))):
            event = samples[number % len(samples)]
            event.sequence = number
            date(event).GetCurrentTime()
            events.append(event)
        yield events


async def _serve(ticks: float, chains: float) -> None:
    server = grpc.aio.server()
    add_StorageServiceServicer_to_server(_Storage(), server)
    add_EnrichmentServiceServicer_to_server(_Enrichment(ticks, chains), server)
    health = health_aio.HealthServicer()
    add_HealthServicer_to_server(health, server)
    for name in _NAMES:
        await health.set(name, HealthCheckResponse.SERVING)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), float(sys.argv[2])))
