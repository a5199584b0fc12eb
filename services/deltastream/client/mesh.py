"""One connection to everything the mesh offers.

from deltastream.client import LOSSLESS, Mesh

async with Mesh("localhost:8009") as mesh:
    products = await mesh.storage.ListProducts(ListProductsRequest())
    async for chain in mesh.chains("NIFTY", delivery=LOSSLESS):
        print(chain.expiry, chain.pcr_oi)
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final, Self, TypeVar, Unpack

from google.protobuf.duration_pb2 import Duration

from deltastream.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from deltastream.client import rpc as rpcs
from deltastream.client.channels import LIVE, open_channel
from deltastream.client.credentials import Credentials, Token
from deltastream.client.errors import ClosedError
from deltastream.client.events import EventStream
from deltastream.client.frames import FrameStream, OnGap, pass_over
from deltastream.client.options import StreamOptions
from deltastream.client.resuming import ResumingCall
from deltastream.client.rpc import StreamCall, StreamedRpc
from deltastream.client.signing_in import ApiKey, Login, RenewedToken
from deltastream.client.target import Target
from deltastream.client.tls import Tls
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.feed.v1.feed_service_pb2_grpc import FeedServiceStub
from deltastream.market.v1.candle_pb2 import Candle
from deltastream.market.v1.chain_pb2 import EnrichedChain, OptionChain, OptionQuote
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub
from deltastream.stream.v1.stream_pb2 import DELIVERY_POLICY_CONFLATED, DELIVERY_POLICY_LOSSLESS

EventT = TypeVar("EventT")
CONFLATED: Final = DELIVERY_POLICY_CONFLATED
LOSSLESS: Final = DELIVERY_POLICY_LOSSLESS
_HEARTBEAT_SECONDS: Final = 5.0


class Mesh:
    """A connection to a mesh, for `async with`.

    Streams reconnect by themselves. They raise, as a CallError, only what no further try would
    change; the unary calls of the stubs raise grpc.aio.AioRpcError, which `errors.error_of` reads.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str | Callable[[], Awaitable[str]] | None = None,
        api_key: str | None = None,
        login: tuple[str, str] | None = None,
        tls: bool | Tls | None = None,
        root_certificates: bytes | None = None,
        insecure: bool = False,
        on_gap: OnGap = pass_over,
        give_up_after: float | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Connect to nothing yet.

        Args:
            address: "localhost:8009", "https://mesh.example", or a name that gRPC resolves.
            token: an access token, or a coroutine function that gets one whenever a call is made.
            api_key: instead, a key that access tokens are got for, whenever one is about to end.
            login: likewise an e-mail address and its password; the session ends with the `async
                with`.
            tls: whether to encrypt, or how: see Tls; None does so for "https://" and with
                `root_certificates`.
            root_certificates: in PEM: whom to believe instead of the authorities of the system;
                short for `tls=Tls(root_certificates=...)`.
            insecure: send the token although the connection is neither encrypted nor local.
            on_gap: told when a stream may have missed events; by default nobody is.
            give_up_after: the seconds of trouble after which a stream raises GaveUpError; by
                default it tries for ever.
            chance: numbers in [0, 1), for the pauses between tries.

        Raises:
            ValueError: the address is none, there is more than one of token, api_key and login,
                or they would travel in the open; or `tls` and `root_certificates` both say whom
                to believe.
        """
        self._tls = _tls_of(tls, root_certificates)
        self._target = Target.of(
            address, tls=tls if isinstance(tls, bool) else bool(self._tls) or None
        )
        self._credentials = Credentials(self._token_of(token, api_key, login))
        if self._credentials.are_given and not (
            self._target.tls or self._target.loopback or insecure
        ):
            raise ValueError(
                f"the token would travel unencrypted to {self._target.address}: "
                "use https://, or say insecure=True"
            )
        self._on_gap = on_gap
        self._give_up_after = give_up_after
        self._chance = chance
        self._stack = AsyncExitStack()
        self._channels: dict[str, Any] = {}

    def _token_of(
        self,
        token: str | Callable[[], Awaitable[str]] | None,
        api_key: str | None,
        login: tuple[str, str] | None,
    ) -> Token:
        if sum(given is not None for given in (token, api_key, login)) > 1:
            raise ValueError("say who is calling once: by token, api_key or login")
        if api_key is not None:
            return RenewedToken(ApiKey(api_key), self._auth_in_the_open)
        if login is not None:
            return RenewedToken(Login(*login), self._auth_in_the_open)
        return token

    def _auth_in_the_open(self) -> AuthServiceStub:
        """Return the methods of auth on a channel that asks for no token first."""
        return AuthServiceStub(self._channel("whole"))

    def __repr__(self) -> str:
        return f"Mesh({self._target.address!r}, tls={self._target.tls})"

    async def __aenter__(self) -> Self:
        calls = self._open(interceptors=self._credentials.interceptors())
        live, whole = self._open(tuning=LIVE), self._open()
        for channel in (calls, live, whole):
            await self._stack.enter_async_context(channel)
        self._channels = {"calls": calls, "live": live, "whole": whole}
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._credentials.close()
        finally:
            self._channels = {}
            await self._stack.aclose()

    @property
    def feed(self) -> FeedServiceStub:
        """The feed's methods."""
        return FeedServiceStub(self._channel("calls"))

    @property
    def enrichment(self) -> EnrichmentServiceStub:
        """The methods of enrichment."""
        return EnrichmentServiceStub(self._channel("calls"))

    @property
    def storage(self) -> StorageServiceStub:
        """The methods of storage."""
        return StorageServiceStub(self._channel("calls"))

    @property
    def analytics(self) -> AnalyticsServiceStub:
        """The methods of analytics."""
        return AnalyticsServiceStub(self._channel("calls"))

    @property
    def auth(self) -> AuthServiceStub:
        """The methods of auth."""
        return AuthServiceStub(self._channel("calls"))

    def chains(
        self, *products: str, **options: Unpack[StreamOptions]
    ) -> EventStream[EnrichedChain]:
        """Stream enriched chains of some products, or of all; see StreamOptions."""
        return self.events(rpcs.CHAINS, *products, **options)

    def raw_chains(
        self, *products: str, **options: Unpack[StreamOptions]
    ) -> EventStream[OptionChain]:
        """Stream chains as the source gave them; see StreamOptions."""
        return self.events(rpcs.RAW_CHAINS, *products, **options)

    def ticks(
        self, *products: str, raw: bool = False, **options: Unpack[StreamOptions]
    ) -> EventStream[UnderlyingTick]:
        """Stream prices of underlyings, `raw` as the source gave them; see StreamOptions."""
        return self.events(rpcs.RAW_TICKS if raw else rpcs.TICKS, *products, **options)

    def quotes(self, *products: str, **options: Unpack[StreamOptions]) -> EventStream[OptionQuote]:
        """Stream quotes of single options; see StreamOptions."""
        return self.events(rpcs.QUOTES, *products, **options)

    def candles(
        self, *products: str, windows: Sequence[int] = (), **options: Unpack[StreamOptions]
    ) -> EventStream[Candle]:
        """Stream candles of some lengths in minutes, or of all; see StreamOptions."""
        frames = self._frames(rpcs.CANDLES, products, options, window_minutes=windows)
        return EventStream(rpc=rpcs.CANDLES, frames=frames)

    def events(
        self, rpc: StreamedRpc[EventT], *products: str, **options: Unpack[StreamOptions]
    ) -> EventStream[EventT]:
        """Stream the events of any streaming RPC: `mesh.events(rpc.CHAINS, "NIFTY")`."""
        return EventStream(rpc=rpc, frames=self._frames(rpc, products, options))

    def frames(
        self, rpc: StreamedRpc[EventT], *products: str, **options: Unpack[StreamOptions]
    ) -> FrameStream[EventT]:
        """Stream everything that an RPC says, heartbeats and all: see FrameStream."""
        return self._frames(rpc, products, options)

    def _frames(
        self,
        rpc: StreamedRpc[EventT],
        products: Sequence[str],
        options: StreamOptions,
        **fields: Any,
    ) -> FrameStream[EventT]:
        _require_symbols(products)
        delivery = options.get("delivery", CONFLATED)
        heartbeat = Duration()
        heartbeat.FromTimedelta(timedelta(seconds=options.get("heartbeat", _HEARTBEAT_SECONDS)))
        call = ResumingCall(
            rpc=rpc,
            connect=lambda request: self._call(rpc, request),
            request=rpc.request(
                products=products,
                resume_token=options.get("resume", ""),
                delivery=delivery,
                heartbeat_interval=heartbeat,
                **fields,
            ),
            give_up_after=options.get("give_up_after", self._give_up_after),
            renews_token=self._credentials.are_renewed,
            refused=self._credentials.refused,
            chance=self._chance,
        )
        return FrameStream(rpc=rpc, call=call, on_gap=options.get("on_gap", self._on_gap))

    async def _call(self, rpc: StreamedRpc[Any], request: Any) -> StreamCall:
        metadata = await self._credentials.metadata()
        channel = self._channel("whole" if request.delivery == LOSSLESS else "live")
        return rpc.on(channel)(request, metadata=metadata)

    def _open(self, **options: Any) -> Any:
        return open_channel(self._target, tls=self._tls, **options)

    def _channel(self, name: str) -> Any:
        if not self._channels:
            raise ClosedError
        return self._channels[name]


def _tls_of(tls: bool | Tls | None, root_certificates: bytes | None) -> Tls | None:  # noqa: FBT001 - as the caller says it
    """Return how to encrypt; None is the usual way, if at all."""
    if not isinstance(tls, Tls):
        return None if root_certificates is None else Tls(root_certificates=root_certificates)
    if root_certificates is not None:
        raise ValueError("say whom to believe once: in tls, or by root_certificates")
    return tls


def _require_symbols(products: Sequence[object]) -> None:
    """Say what to write to those who give a list, as no type checker did."""
    for product in products:
        if not isinstance(product, str):
            raise TypeError(f'give products one by one, "NIFTY", "SPY", and not as {product!r}')
