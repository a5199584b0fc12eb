"""The streams of one service, really served, over a bus that the test writes to."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from tests.fixtures.grpc_loopback import loopback
from tests.streams.streamed import ALL, StreamedRpc, product

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import CATALOG
from deltastream.enrichment import streams as enrichment_streams
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.feed import streams as feed_streams
from deltastream.feed.service import FeedServicer
from deltastream.feed.v1.feed_service_pb2_grpc import (
    FeedServiceServicer,
    FeedServiceStub,
    add_FeedServiceServicer_to_server,
)
from deltastream.ports.bus import Bus
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.streams.hub import StreamHub


@dataclass(frozen=True)
class Served:
    """An RPC that is being served.

    Attributes:
        bus: where its events come from.
        open: opens a stream with the fields of its request.
        announce: makes products known.
        drain: what the role does when it is asked to stop.
    """

    rpc: StreamedRpc
    bus: Bus
    open: Callable[..., Any]
    announce: Callable[..., Any]
    drain: Callable[[], None]

    async def publish(self, symbol: str, *numbers: int) -> None:
        await self.bus.publish([self.rpc.entry(symbol, number) for number in numbers])


Serve = Callable[[], AbstractAsyncContextManager[Served]]


@pytest.fixture(params=ALL, ids=str)
def rpc(request: pytest.FixtureRequest) -> StreamedRpc:
    """Each streaming RPC of the contract that is offered."""
    chosen: StreamedRpc = request.param
    return chosen


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    opened = open_bus("memory:")
    yield opened
    await opened.close()


@pytest.fixture
def serve(rpc: StreamedRpc, bus: Bus) -> Serve:
    """Serve the RPC; doing it again is a restart of the role over the same bus."""
    return lambda: _serve(rpc, bus)


@pytest.fixture
async def served(serve: Serve) -> AsyncIterator[Served]:
    async with serve() as running_rpc:
        await running_rpc.announce("NIFTY", "SPY")
        yield running_rpc


@asynccontextmanager
async def _serve(rpc: StreamedRpc, bus: Bus) -> AsyncIterator[Served]:
    catalog = Catalog(bus)
    hubs, add, stub = _role(rpc, bus, catalog)

    async def announce(*symbols: str) -> None:
        sequence = await bus.last_sequence(CATALOG) + 1
        await catalog.announce([product(s) for s in symbols], sequence=sequence)

    def drain() -> None:
        for hub in hubs:
            hub.drain()

    async with (
        running(*(hub.run() for hub in hubs)),
        loopback(add, service=f"deltastream.{rpc.service}.v1") as channel,
    ):
        call = rpc.call(stub(channel))
        yield Served(
            rpc=rpc,
            bus=bus,
            open=lambda **fields: call(rpc.request(**fields)),
            announce=announce,
            drain=drain,
        )


def _role(
    rpc: StreamedRpc, bus: Bus, catalog: Catalog
) -> tuple[tuple[StreamHub[Any], ...], Callable[[grpc.aio.Server], None], Callable[..., Any]]:
    if rpc.service == "feed":
        raw = feed_streams.open_streams(bus, catalog, session=lambda products: MarketSession.OPEN)
        feed = _FeedStreamsAlone(raw)
        return raw.hubs, lambda s: add_FeedServiceServicer_to_server(feed, s), FeedServiceStub
    enriched = enrichment_streams.open_streams(
        bus, catalog, session=lambda products: MarketSession.OPEN
    )
    servicer = EnrichmentServicer(
        streams=enriched, enricher=Enricher(products={}, policy=PricingPolicy(), clock=utc_now)
    )
    return (
        enriched.hubs,
        lambda s: add_EnrichmentServiceServicer_to_server(servicer, s),
        EnrichmentServiceStub,
    )


class _FeedStreamsAlone(FeedServiceServicer):
    """The feed's own streaming methods, without a source to describe."""

    StreamTicks = FeedServicer.StreamTicks
    StreamQuotes = FeedServicer.StreamQuotes
    StreamChains = FeedServicer.StreamChains

    def __init__(self, streams: feed_streams.FeedStreams) -> None:
        self._streams = streams
