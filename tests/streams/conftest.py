"""The streams of one service, really served, over a bus that the test writes to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import grpc
import pytest
from tests.fixtures.grpc_loopback import loopback
from tests.fixtures.storage_role import storage_role
from tests.streams.emptied_bus import EmptiedBus
from tests.streams.streamed import ALL, StreamedRpc, product

from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import CATALOG
from deltastream.enrichment import streams as enrichment_streams
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
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
from deltastream.ports.store import MarketStore
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.serve import Streaming
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


@dataclass(frozen=True)
class Served:
    """An RPC that is being served.

    Attributes:
        bus: where its events come from.
        streaming: what serves it.
        open: opens a stream with the fields of its request.
        announce: makes products known.
        drain: what the role does when it is asked to stop.
    """

    rpc: StreamedRpc
    bus: EmptiedBus
    streaming: Streaming[Any]
    open: Callable[..., Any]
    announce: Callable[..., Awaitable[None]]
    drain: Callable[[], None]

    async def publish(self, symbol: str, *numbers: int) -> None:
        await self.bus.publish([self.rpc.entry(symbol, number) for number in numbers])

    async def trim(self, symbol: str, *, keep: int) -> None:
        await self.bus.trim(self.rpc.subject(symbol), keep=keep)

    async def followed(self, symbol: str) -> int:
        """Return how far the server has read."""
        return self.streaming.hub.log.positions.get(symbol, 0)


class Serve(Protocol):
    def __call__(
        self, *, maximum_age: float | None = None, storage: StorageServiceStub | None = None
    ) -> AbstractAsyncContextManager[Served]: ...


@dataclass(frozen=True)
class Storage:
    """Storage as its role serves it, and its database."""

    stub: StorageServiceStub
    store: MarketStore


@pytest.fixture(params=ALL, ids=str)
def rpc(request: pytest.FixtureRequest) -> StreamedRpc:
    """Each streaming RPC of the contract."""
    chosen: StreamedRpc = request.param
    return chosen


@pytest.fixture
async def bus() -> AsyncIterator[EmptiedBus]:
    opened = EmptiedBus()
    yield opened
    await opened.close()


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with storage_role(tmp_path) as (channel, store):
        yield Storage(StorageServiceStub(channel), store)


@pytest.fixture
async def no_storage() -> AsyncIterator[StorageServiceStub]:
    """Storage that is away."""
    async with grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        yield StorageServiceStub(nowhere)


@pytest.fixture
def serve(rpc: StreamedRpc, bus: EmptiedBus, no_storage: StorageServiceStub) -> Serve:
    """Serve the RPC; doing it again is a restart of the role over the same bus."""

    def serve(
        *, maximum_age: float | None = None, storage: StorageServiceStub | None = None
    ) -> AbstractAsyncContextManager[Served]:
        return _serve(rpc, bus, storage or no_storage, maximum_age)

    return serve


@pytest.fixture
async def served(serve: Serve) -> AsyncIterator[Served]:
    async with serve() as running_rpc:
        await running_rpc.announce("NIFTY", "SPY")
        yield running_rpc


@asynccontextmanager
async def _serve(
    rpc: StreamedRpc, bus: EmptiedBus, storage: StorageServiceStub, maximum_age: float | None
) -> AsyncIterator[Served]:
    catalog = Catalog(bus)
    role = _feed if rpc.service == "feed" else _enrichment
    streams, hubs, add, stub = role(bus, catalog, storage, maximum_age)

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
            streaming=rpc.streaming(streams),
            open=lambda **fields: call(rpc.request(**fields)),
            announce=announce,
            drain=drain,
        )


_Role = tuple[Any, tuple[StreamHub, ...], Callable[[grpc.aio.Server], None], Callable[[Any], Any]]


def _feed(bus: Bus, catalog: Catalog, storage: StorageServiceStub, age: float | None) -> _Role:
    streams = feed_streams.open_streams(bus, catalog, session=_open_market, maximum_age=age)
    servicer = _FeedStreamsAlone(streams)
    return (
        streams,
        streams.hubs,
        lambda server: add_FeedServiceServicer_to_server(servicer, server),
        FeedServiceStub,
    )


def _enrichment(
    bus: Bus, catalog: Catalog, storage: StorageServiceStub, age: float | None
) -> _Role:
    streams = enrichment_streams.open_streams(
        bus, catalog, session=_open_market, storage=storage, maximum_age=age
    )
    servicer = _EnrichmentStreamsAlone(streams)
    return (
        streams,
        streams.hubs,
        lambda server: add_EnrichmentServiceServicer_to_server(servicer, server),
        EnrichmentServiceStub,
    )


def _open_market(products: object) -> MarketSession:
    return MarketSession.OPEN


class _FeedStreamsAlone(FeedServiceServicer):
    """The feed's own streaming methods, without a source to describe."""

    StreamTicks = FeedServicer.StreamTicks
    StreamQuotes = FeedServicer.StreamQuotes
    StreamChains = FeedServicer.StreamChains

    def __init__(self, streams: feed_streams.FeedStreams) -> None:
        self._streams = streams


class _EnrichmentStreamsAlone(EnrichmentServiceServicer):
    """Enrichment's own streaming methods, with nothing that enriches."""

    StreamTicks = EnrichmentServicer.StreamTicks
    StreamChains = EnrichmentServicer.StreamChains
    StreamCandles = EnrichmentServicer.StreamCandles

    def __init__(self, streams: enrichment_streams.EnrichmentStreams) -> None:
        self._streams = streams
