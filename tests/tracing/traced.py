"""What tests of tracing need of a process whose spans are recorded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

import grpc
from tests.fixtures.behaving_storage import CANARY, Behaving
from tests.fixtures.grpc_loopback import LoopbackSettings

from deltastream.domain.errors import DependencyUnavailableError, ProductNotFoundError
from deltastream.feed.v1 import feed_service_pb2
from deltastream.feed.v1.feed_service_pb2_grpc import (
    FeedServiceServicer,
    FeedServiceStub,
    add_FeedServiceServicer_to_server,
)
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.health import Health
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.server import serving
from deltastream.runtime.telemetry.tracing import tracing
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

ORIGIN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = ORIGIN[:-1] + "0"
TRACE_ID = ORIGIN.split("-")[1]
PREFIX = "deltastream.storage.v1.StorageService"


@asynccontextmanager
async def recording(endpoint: str, *, ratio: float = 1.0) -> AsyncIterator[None]:
    """Record this process's spans, and send what is left beside the loop that may take them."""
    with ExitStack() as stack:
        stack.enter_context(tracing("tested", endpoint=endpoint, ratio=ratio, delay=0.02))
        try:
            yield
        finally:
            await asyncio.to_thread(stack.close)


class Streaming(FeedServiceServicer):
    """Sends two frames, and then ends, fails or goes on for ever."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def StreamTicks(
        self, request: feed_service_pb2.StreamTicksRequest, context: Context
    ) -> AsyncIterator[feed_service_pb2.StreamTicksResponse]:
        for number in (1, 2):
            yield feed_service_pb2.StreamTicksResponse(sequence=number)
        await self.go_on.wait()

    async def StreamQuotes(
        self, request: feed_service_pb2.StreamQuotesRequest, context: Context
    ) -> AsyncIterator[feed_service_pb2.StreamQuotesResponse]:
        yield feed_service_pb2.StreamQuotesResponse(sequence=1)
        raise DependencyUnavailableError("bus")

    async def StreamChains(
        self, request: feed_service_pb2.StreamChainsRequest, context: Context
    ) -> AsyncIterator[feed_service_pb2.StreamChainsResponse]:
        if request.products:
            raise ProductNotFoundError(CANARY, [])
        yield feed_service_pb2.StreamChainsResponse(sequence=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Servers, and what reaches them.

    Attributes:
        storage: as anybody calls it.
        traced: as a role calls it, by a channel of its own making.
    """

    behaving: Behaving
    streaming: Streaming
    storage: StorageServiceStub
    feed: FeedServiceStub
    traced: StorageServiceStub


@asynccontextmanager
async def served() -> AsyncIterator[Served]:
    """Serve both on free ports, with all that every role has around a call."""
    behaving, streaming = Behaving(), Streaming()

    def add(server: grpc.aio.Server) -> None:
        add_StorageServiceServicer_to_server(behaving, server)
        add_FeedServiceServicer_to_server(streaming, server)

    health = Health(services=(PREFIX,), probes={})
    async with (
        running(health.watch()),
        serving(
            listen="127.0.0.1:0",
            services=(PREFIX,),
            add_servicers=add,
            health=health,
            settings=LoopbackSettings(drain_seconds=0.0),
        ) as port,
    ):
        address = f"127.0.0.1:{port}"
        async with (
            grpc.aio.insecure_channel(address) as channel,
            open_channel(address, service="storage") as traced,
        ):
            yield Served(
                behaving=behaving,
                streaming=streaming,
                storage=StorageServiceStub(channel),
                feed=FeedServiceStub(channel),
                traced=StorageServiceStub(traced),
            )
