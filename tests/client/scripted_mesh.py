"""A mesh at one address, which a test feeds by hand, stops and starts again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from tests.fixtures.scripted_stream import OpenStream, ScriptedStream

from deltastream.auth.v1.auth_service_pb2_grpc import (
    AuthServiceServicer,
    add_AuthServiceServicer_to_server,
)
from deltastream.client.mesh import Mesh
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    CandleBatch,
    ChainBatch,
    StreamCandlesRequest,
    StreamCandlesResponse,
    StreamChainsRequest,
    StreamChainsResponse,
)
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.market.v1.candle_pb2 import Candle
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.storage.v1 import storage_service_pb2 as storage_pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)
from deltastream.stream.v1.stream_pb2 import (
    CaughtUp,
    GoAway,
    Heartbeat,
    Reset,
    ResetReason,
    Started,
)

_AFTER_NOTHING: Final = "after nothing"
ChainCall = OpenStream[StreamChainsRequest, StreamChainsResponse]


class Enrichment(EnrichmentServiceServicer):
    """Streams what a test sends."""

    def __init__(self) -> None:
        self.chains: ScriptedStream[StreamChainsRequest, StreamChainsResponse] = ScriptedStream()
        self.candles: ScriptedStream[StreamCandlesRequest, StreamCandlesResponse] = ScriptedStream()

    async def StreamChains(
        self, request: StreamChainsRequest, context: Any
    ) -> AsyncIterator[StreamChainsResponse]:
        async for response in self.chains.serve(request, context):
            yield response

    async def StreamCandles(
        self, request: StreamCandlesRequest, context: Any
    ) -> AsyncIterator[StreamCandlesResponse]:
        async for response in self.candles.serve(request, context):
            yield response


class Storage(StorageServiceServicer):
    """Knows two products, and who asked for them."""

    def __init__(self) -> None:
        self.metadata: list[dict[str, Any]] = []
        self.refused: set[str] = set()

    async def ListProducts(
        self, request: storage_pb.ListProductsRequest, context: Any
    ) -> storage_pb.ListProductsResponse:
        self.metadata.append(dict(context.invocation_metadata()))
        if self.metadata[-1].get("authorization") in self.refused:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "revoked")
        return storage_pb.ListProductsResponse(products=["BANKNIFTY", "NIFTY"])


@dataclass
class ScriptedMesh:
    """What a test sends from and looks into."""

    enrichment: Enrichment = field(default_factory=Enrichment)
    storage: Storage = field(default_factory=Storage)
    auth: AuthServiceServicer = field(default_factory=AuthServiceServicer)
    credentials: grpc.ServerCredentials | None = None
    port: int = 0
    server: grpc.aio.Server | None = None

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"

    async def start(self) -> None:
        """Listen, at the same address as before."""
        self.server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
        add_EnrichmentServiceServicer_to_server(self.enrichment, self.server)
        add_StorageServiceServicer_to_server(self.storage, self.server)
        add_AuthServiceServicer_to_server(self.auth, self.server)
        name = f"127.0.0.1:{self.port}"
        if self.credentials is None:
            self.port = self.server.add_insecure_port(name)
        else:
            self.port = self.server.add_secure_port(name, self.credentials)
        await self.server.start()

    async def stop(self) -> None:
        """Break every connection, and be gone."""
        if self.server is not None:
            await self.server.stop(None)
        self.server = None

    async def call(self) -> ChainCall:
        """Return the next call of StreamChains."""
        return await self.enrichment.chains.call()

    async def opened(self, *, epoch: str = "e1") -> ChainCall:
        """Take up the next call of StreamChains, and begin it."""
        call = await self.call()
        call.send(started(epoch=epoch))
        return call


@asynccontextmanager
async def scripted_mesh(**options: Any) -> AsyncIterator[ScriptedMesh]:
    mesh = ScriptedMesh(**options)
    await mesh.start()
    try:
        yield mesh
    finally:
        await mesh.stop()


def client(mesh: ScriptedMesh, **options: Any) -> Mesh:
    """Return a client of the mesh whose pauses are as short as can be."""
    return Mesh(mesh.address, chance=lambda: 0.0, **options)


def started(*, epoch: str = "e1", heartbeat: Duration | None = None) -> StreamChainsResponse:
    return StreamChainsResponse(
        resume_token=_AFTER_NOTHING,
        started=Started(epoch=epoch, heartbeat_interval=heartbeat),
    )


def chain(sequence: int, product: str = "NIFTY", expiry: str = "2026-01-29") -> EnrichedChain:
    return EnrichedChain(
        product=product, expiry=expiry, sequence=sequence, timestamp=Timestamp(seconds=sequence)
    )


def batch(
    *chains: EnrichedChain, after: str, snapshot: bool = False, sequence: int = 0
) -> StreamChainsResponse:
    return StreamChainsResponse(
        sequence=sequence,
        resume_token=after,
        batch=ChainBatch(chains=chains, snapshot=snapshot),
    )


def caught_up(after: str) -> StreamChainsResponse:
    return StreamChainsResponse(resume_token=after, caught_up=CaughtUp())


def heartbeat(after: str) -> StreamChainsResponse:
    return StreamChainsResponse(resume_token=after, heartbeat=Heartbeat())


def reset(reason: "ResetReason.ValueType") -> StreamChainsResponse:
    return StreamChainsResponse(resume_token=_AFTER_NOTHING, reset=Reset(reason=reason))


def go_away(after: str, *, seconds: float = 0.0) -> StreamChainsResponse:
    pause = Duration(nanos=round(seconds * 1e9))
    return StreamChainsResponse(resume_token=after, go_away=GoAway(reconnect_after=pause))


def candle(start: int) -> Candle:
    return Candle(
        product="NIFTY",
        window_minutes=1,
        start=Timestamp(seconds=start),
        open=1.0,
        high=2.0,
        low=0.5,
        close=1.5,
    )


def candles(*batch: Candle, after: str, snapshot: bool = False) -> StreamCandlesResponse:
    return StreamCandlesResponse(
        resume_token=after, batch=CandleBatch(candles=batch, snapshot=snapshot)
    )
