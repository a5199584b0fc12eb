"""Real services on loopback, and the transcoder before them over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import grpc
import orjson
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from google.protobuf.message import Message
from tests.fixtures.grpc_loopback import loopback

from deltastream.analytics.v1 import analytics_service_pb2_grpc
from deltastream.auth.v1 import auth_service_pb2 as auth_pb
from deltastream.auth.v1 import auth_service_pb2_grpc
from deltastream.domain.errors import CredentialsInvalidError, ProductNotFoundError
from deltastream.edge.contract import SERVICES
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.edge.transcoder.routes import add_routes
from deltastream.enrichment.v1 import enrichment_service_pb2 as enrichment_pb
from deltastream.enrichment.v1 import enrichment_service_pb2_grpc
from deltastream.feed.v1 import feed_service_pb2_grpc
from deltastream.market.v1.chain_pb2 import EnrichedChain, OptionLeg
from deltastream.market.v1.missing_pb2 import MISSING_REASON_NO_CALL_VOLUME, MissingValue
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.storage.v1 import storage_service_pb2 as storage_pb
from deltastream.storage.v1 import storage_service_pb2_grpc

DEADLINE: Final = 10.0
GOLDEN: Final = Path(__file__).parent / "golden"

Client = TestClient[web.Request, web.Application]


@dataclass
class Seen:
    """What the services were asked, newest last."""

    requests: list[Message] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    remaining: list[float] = field(default_factory=list)

    def note(self, request: Message, context: Any) -> None:
        self.requests.append(request)
        self.metadata.append(dict(context.invocation_metadata()))
        self.remaining.append(context.time_remaining())


def tick(number: int) -> UnderlyingTick:
    made = UnderlyingTick(product="NIFTY", price=24500.0 + number / 4, sequence=number)
    made.timestamp.FromJsonString("2026-01-27T09:30:00.125Z")
    return made


def chain() -> EnrichedChain:
    made = EnrichedChain(product="NIFTY", expiry="2026-01-27", spot_price=24512.35, sequence=7)
    made.timestamp.FromJsonString("2026-01-27T09:30:00Z")
    made.calls.append(
        OptionLeg(symbol="NIFTY-20260127-24500-CE", strike=24500, bid=101.5, volume=0)
    )
    made.puts.append(OptionLeg(symbol="NIFTY-20260127-24500-PE", strike=24500, ask=99, iv=0.14))
    made.missing.append(MissingValue(field="pcr_volume", reason=MISSING_REASON_NO_CALL_VOLUME))
    return made


class Storage(storage_service_pb2_grpc.StorageServiceServicer):
    """Answers with what is always the same, and remembers what it was asked."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self.hangs = False
        self.cancelled = asyncio.Event()
        self.called = asyncio.Event()

    async def ListProducts(
        self, request: storage_pb.ListProductsRequest, context: Any
    ) -> storage_pb.ListProductsResponse:
        self._seen.note(request, context)
        return storage_pb.ListProductsResponse(products=["BANKNIFTY", "NIFTY"])

    async def ListTicks(
        self, request: storage_pb.ListTicksRequest, context: Any
    ) -> storage_pb.ListTicksResponse:
        self._seen.note(request, context)
        self.called.set()
        if self.hangs:
            await self._hang()
        if request.product == "GONE":
            raise ProductNotFoundError("GONE", ["NIFTY"])
        if request.product == "BROKEN":
            raise ZeroDivisionError("secret at 10.0.0.7")
        return storage_pb.ListTicksResponse(product=request.product, count=1, ticks=[tick(1)])

    async def _hang(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()

    async def ListChains(
        self, request: storage_pb.ListChainsRequest, context: Any
    ) -> storage_pb.ListChainsResponse:
        self._seen.note(request, context)
        return storage_pb.ListChainsResponse(product=request.product, count=1, chains=[chain()])


class Auth(auth_service_pb2_grpc.AuthServiceServicer):
    """Refuses every login."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def Login(self, request: auth_pb.LoginRequest, context: Any) -> auth_pb.LoginResponse:
        self._seen.note(request, context)
        raise CredentialsInvalidError


class Enrichment(enrichment_service_pb2_grpc.EnrichmentServiceServicer):
    """Streams what a test hands it."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self.frames: asyncio.Queue[Message | Exception | None] = asyncio.Queue()
        self.sent = 0
        self.ended = asyncio.Event()

    async def StreamTicks(
        self, request: enrichment_pb.StreamTicksRequest, context: Any
    ) -> AsyncIterator[enrichment_pb.StreamTicksResponse]:
        self._seen.note(request, context)
        try:
            while (frame := await self.frames.get()) is not None:
                if isinstance(frame, Exception):
                    raise frame
                assert isinstance(frame, enrichment_pb.StreamTicksResponse)
                yield frame
                self.sent += 1
        finally:
            self.ended.set()

    async def EnrichChain(
        self, request: enrichment_pb.EnrichChainRequest, context: Any
    ) -> enrichment_pb.EnrichChainResponse:
        self._seen.note(request, context)
        return enrichment_pb.EnrichChainResponse(chain=chain())

    async def ReplayDeadLetters(
        self, request: enrichment_pb.ReplayDeadLettersRequest, context: Any
    ) -> enrichment_pb.ReplayDeadLettersResponse:
        self._seen.note(request, context)
        return enrichment_pb.ReplayDeadLettersResponse(replayed=len(request.ids))


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """What a test talks to and looks into."""

    client: Client
    seen: Seen
    storage: Storage
    enrichment: Enrichment


@asynccontextmanager
async def mesh(limits: CallLimits | None = None) -> AsyncIterator[Mesh]:
    """Start services and transcoder, and yield a client."""
    seen = Seen()
    storage, enrichment = Storage(seen), Enrichment(seen)

    def add_servicers(server: grpc.aio.Server) -> None:
        storage_service_pb2_grpc.add_StorageServiceServicer_to_server(storage, server)
        enrichment_service_pb2_grpc.add_EnrichmentServiceServicer_to_server(enrichment, server)
        auth_service_pb2_grpc.add_AuthServiceServicer_to_server(Auth(seen), server)
        analytics_service_pb2_grpc.add_AnalyticsServiceServicer_to_server(
            analytics_service_pb2_grpc.AnalyticsServiceServicer(), server
        )
        feed_service_pb2_grpc.add_FeedServiceServicer_to_server(
            feed_service_pb2_grpc.FeedServiceServicer(), server
        )

    async with (
        loopback(add_servicers, service="deltastream.storage.v1.StorageService") as channel,
        transcoding(channel, limits=limits) as client,
    ):
        yield Mesh(client=client, seen=seen, storage=storage, enrichment=enrichment)


@asynccontextmanager
async def transcoding(
    channel: grpc.aio.Channel,
    *,
    limits: CallLimits | None = None,
    also: Callable[[web.Application], None] = lambda _: None,
    seconds: float = DEADLINE,
) -> AsyncIterator[Client]:
    """Serve the transcoder before a channel, and yield a client."""
    app = web.Application(middlewares=[error_middleware], client_max_size=1 << 16)
    add_routes(
        app,
        channels={service.full_name: channel for service in SERVICES},
        limits=limits or CallLimits(),
    )
    also(app)
    async with asyncio.timeout(seconds), TestClient(TestServer(app)) as client:
        yield client


async def json_of(response: ClientResponse) -> Any:
    """Return the body, which must be JSON and say so."""
    assert response.content_type == "application/json", await response.text()
    return orjson.loads(await response.read())


def golden(name: str) -> Any:
    """Return the JSON that stands in a golden file."""
    return orjson.loads((GOLDEN / name).read_bytes())
