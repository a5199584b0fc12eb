"""Real servers on loopback around the gateway, which a test feeds by hand."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import grpc
import socketio
from aiohttp import web
from google.protobuf.timestamp_pb2 import Timestamp
from tests.fixtures.scripted_stream import OpenStream, ScriptedStream

from deltastream.domain.errors import CredentialsInvalidError, TokenExpiredError
from deltastream.edge.errors.statuses import StatusError, status_of
from deltastream.edge.sockets.authentication import Doorkeeper
from deltastream.edge.sockets.gateway import SocketGateway
from deltastream.edge.sockets.limits import SocketLimits
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    ChainBatch,
    StreamChainsRequest,
    StreamChainsResponse,
    StreamTicksRequest,
    StreamTicksResponse,
    TickBatch,
)
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.market.v1.chain_pb2 import EnrichedChain, OptionLeg
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.identity.principal import Principal
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest, ListProductsResponse
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub
from deltastream.stream.v1.stream_pb2 import Started

# Sooner than a client that does not answer pings is left alone.
DEADLINE: Final = 10.0
GOOD_TOKEN: Final = "good"  # noqa: S105 - a test's
NOW: Final = datetime(2026, 1, 27, 10, 0, tzinfo=UTC)

TicksCall = OpenStream[StreamTicksRequest, StreamTicksResponse]
ChainsCall = OpenStream[StreamChainsRequest, StreamChainsResponse]


async def authenticate(token: str) -> Principal:
    if token != GOOD_TOKEN:
        raise CredentialsInvalidError("the token is not valid")
    return principal()


def principal(subject: str = "ada", *, seconds: float = 600.0) -> Principal:
    """Return somebody whose token has so long to live."""
    now = time.time()
    reader = frozenset({"reader"})
    return Principal(subject=subject, roles=reader, issued_at=now, expires_at=now + seconds)


class Judgement:
    """Judges tokens as a test says; keys are exchanged while `exchanges` is set."""

    def __init__(self, authenticate: Callable[[str], Awaitable[Principal]]) -> None:
        self._authenticate = authenticate
        self.revoked: set[str] = set()
        self.keys: dict[str, str] = {}
        self.exchanged = 0
        self.exchanging = 0
        self.exchanges = asyncio.Event()
        self.exchanges.set()

    async def verify(self, token: str) -> Principal:
        """See Verifier."""
        return await self._authenticate(token)

    def recheck(self, principal: Principal) -> None:
        """See Judge."""
        if principal.expires_at <= time.time():
            raise TokenExpiredError
        if principal.subject in self.revoked:
            raise CredentialsInvalidError("the token is not valid")

    async def token_for(self, api_key: str) -> str:
        """See KeyExchange."""
        self.exchanged += 1
        self.exchanging += 1
        try:
            await self.exchanges.wait()
        finally:
            self.exchanging -= 1
        if api_key not in self.keys:
            invalid = ErrorReason.ERROR_REASON_CREDENTIALS_INVALID
            raise StatusError(
                status_of(grpc.StatusCode.UNAUTHENTICATED, invalid, "the API key is not valid")
            )
        return self.keys[api_key]


class Storage:
    """Has data of `products`, or is away if they are None; answers while `answers` is set."""

    def __init__(self, products: Iterable[str] | None) -> None:
        self._products = None if products is None else list(products)
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def list_products(self, _: ListProductsRequest, context: Any) -> ListProductsResponse:
        """See StorageService."""
        self.asked += 1
        await self.answers.wait()
        if self._products is None:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "storage is away")
        return ListProductsResponse(products=self._products)


@dataclass(kw_only=True)
class Mesh:
    """The gateway's surroundings."""

    url: str
    gateway: SocketGateway
    ticks: ScriptedStream[StreamTicksRequest, StreamTicksResponse]
    chains: ScriptedStream[StreamChainsRequest, StreamChainsResponse]
    judgement: Judgement
    storage: Storage

    async def streams(self) -> tuple[TicksCall, ChainsCall]:
        """Begin the gateway's two calls, which it makes when the first client connects."""
        return await self.ticking(), await self.chaining()

    async def ticking(self) -> TicksCall:
        """Take up the next call of StreamTicks, and begin it."""
        call = await self.ticks.call()
        call.send(StreamTicksResponse(started=Started()))
        return call

    async def chaining(self) -> ChainsCall:
        """Take up the next call of StreamChains, and begin it."""
        call = await self.chains.call()
        call.send(StreamChainsResponse(started=Started()))
        return call


def anybody() -> Doorkeeper:
    """Return one who asks nobody for a token."""
    judgement = Judgement(authenticate)
    return Doorkeeper(judge=judgement, keys=judgement, allow_anonymous=True)


@asynccontextmanager
async def running_mesh(
    *,
    products: Iterable[str] | None = ("BANKNIFTY", "NIFTY"),
    allow_anonymous: bool = True,
    authenticate: Callable[[str], Awaitable[Principal]] = authenticate,
    limits: SocketLimits | None = None,
    linger_seconds: float = 30.0,
    port: int = 0,
    **options: Any,
) -> AsyncIterator[Mesh]:
    """Run the gateway on a real aiohttp server, over a real gRPC server that a test feeds.

    Storage has data of `products`; where they are None, it is away.
    """
    ticks: ScriptedStream[StreamTicksRequest, StreamTicksResponse] = ScriptedStream()
    chains: ScriptedStream[StreamChainsRequest, StreamChainsResponse] = ScriptedStream()
    storage = Storage(products)
    judgement = Judgement(authenticate)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(_handlers(ticks, chains, storage))
    grpc_port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}") as channel:
        gateway = SocketGateway(
            enrichment=EnrichmentServiceStub(channel),
            storage=StorageServiceStub(channel),
            doorkeeper=Doorkeeper(judge=judgement, keys=judgement, allow_anonymous=allow_anonymous),
            clock=lambda: NOW,
            limits=limits,
            linger_seconds=linger_seconds,
            chance=lambda: 0.0,
            **options,
        )
        app = web.Application()
        gateway.attach(app)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        try:
            async with gateway.running():
                host, http_port = runner.addresses[0][:2]
                yield Mesh(
                    url=f"http://{host}:{http_port}",
                    gateway=gateway,
                    ticks=ticks,
                    chains=chains,
                    judgement=judgement,
                    storage=storage,
                )
        finally:
            await runner.cleanup()
            await server.stop(None)


def _handlers(
    ticks: ScriptedStream[StreamTicksRequest, StreamTicksResponse],
    chains: ScriptedStream[StreamChainsRequest, StreamChainsResponse],
    storage: Storage,
) -> tuple[grpc.GenericRpcHandler, ...]:
    return (
        grpc.method_handlers_generic_handler(
            "deltastream.enrichment.v1.EnrichmentService",
            {
                "StreamTicks": grpc.unary_stream_rpc_method_handler(
                    ticks.serve,
                    StreamTicksRequest.FromString,
                    StreamTicksResponse.SerializeToString,
                ),
                "StreamChains": grpc.unary_stream_rpc_method_handler(
                    chains.serve,
                    StreamChainsRequest.FromString,
                    StreamChainsResponse.SerializeToString,
                ),
            },
        ),
        grpc.method_handlers_generic_handler(
            "deltastream.storage.v1.StorageService",
            {
                "ListProducts": grpc.unary_unary_rpc_method_handler(
                    storage.list_products,
                    ListProductsRequest.FromString,
                    ListProductsResponse.SerializeToString,
                )
            },
        ),
    )


class Listener:
    """A real Socket.IO client that keeps every event it receives, in order."""

    def __init__(self) -> None:
        self.client: Any = socketio.AsyncClient(reconnection=False)
        self._events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.client.on("*", lambda event, *data: self._events.put_nowait((event, *data)))

    async def next(self) -> tuple[str, Any]:
        """Return the next event and its payload."""
        async with asyncio.timeout(DEADLINE):
            return await self._events.get()

    async def next_of(self, event: str) -> Any:
        """Return the payload of the next event, which must be of this name."""
        name, payload = await self.next()
        assert name == event, f"expected {event}, came {name}: {payload}"
        return payload

    async def until(self, event: str) -> Any:
        """Skip to the next event of this name, and return its payload."""
        while True:
            name, payload = await self.next()
            if name == event:
                return payload

    async def call(self, event: str, *data: Any) -> Any:
        """Send a request and return its ack."""
        return await self.client.call(event, *data, timeout=DEADLINE)

    async def silence(self) -> None:
        """Assert that nothing came before the answer to a request that is sent now."""
        ack = await self.call("get_products")
        assert ack["ok"]
        assert await self.next() == ("products", {"products": ack["products"]})


@asynccontextmanager
async def listening(
    mesh: Mesh, *, transport: str = "websocket", auth: Any = None
) -> AsyncIterator[Listener]:
    """Connect a client, past its `connected` event."""
    listener = Listener()
    async with asyncio.timeout(DEADLINE):
        await listener.client.connect(mesh.url, auth=auth, transports=transport.split(","))
    try:
        await listener.next_of("connected")
        yield listener
    finally:
        async with asyncio.timeout(DEADLINE):
            await listener.client.disconnect()


def tick(product: str, price: float, *, sequence: int) -> UnderlyingTick:
    return UnderlyingTick(
        product=product, price=price, timestamp=_timestamp(sequence), sequence=sequence
    )


def chain(
    product: str, expiry: str = "2026-01-29", *, sequence: int, pcr_oi: float | None = 1.25
) -> EnrichedChain:
    return EnrichedChain(
        product=product,
        expiry=expiry,
        spot_price=24500.5,
        timestamp=_timestamp(sequence),
        sequence=sequence,
        pcr_oi=pcr_oi,
        atm_strike=24500.0,
        atm_straddle_price=310.25,
        max_pain_strike=24400.0,
        calls=[OptionLeg(symbol=f"{product}-{expiry.replace('-', '')}-24500-CE", strike=24500.0)],
    )


def ticks(*batch: UnderlyingTick, token: str = "", snapshot: bool = False) -> StreamTicksResponse:
    return StreamTicksResponse(resume_token=token, batch=TickBatch(ticks=batch, snapshot=snapshot))


def chains(*batch: EnrichedChain, token: str = "", snapshot: bool = False) -> StreamChainsResponse:
    return StreamChainsResponse(
        resume_token=token, batch=ChainBatch(chains=batch, snapshot=snapshot)
    )


def _timestamp(second: int) -> Timestamp:
    return Timestamp(seconds=int(NOW.timestamp()) + second)
