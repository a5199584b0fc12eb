"""The streams of the mesh that the gateway passes on."""

from collections.abc import Callable
from typing import TypeVar

from deltastream.client.connection import over
from deltastream.client.frames import FrameStream
from deltastream.client.resuming import ResumingCall
from deltastream.client.rpc import CHAINS, TICKS, StreamCall, StreamedRpc
from deltastream.edge.sockets.broadcast import Broadcast
from deltastream.edge.sockets.upstream import Upstream
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.identity.service_token import Identity
from deltastream.stream.v1.stream_pb2 import DELIVERY_POLICY_CONFLATED

EventT = TypeVar("EventT")


def open_streams(
    enrichment: EnrichmentServiceStub,
    *,
    broadcast: Broadcast,
    chance: Callable[[], float],
    identity: Identity | None,
) -> tuple[Upstream[UnderlyingTick], Upstream[EnrichedChain]]:
    """Return the stream of all ticks and that of all chains, to be followed into a broadcast."""
    ticks = Upstream[UnderlyingTick](
        name="ticks",
        open_stream=lambda: _stream(TICKS, enrichment.StreamTicks, chance, identity),
        receive=broadcast.ticks,
        forget=broadcast.forget_ticks,
    )
    chains = Upstream[EnrichedChain](
        name="chains",
        open_stream=lambda: _stream(CHAINS, enrichment.StreamChains, chance, identity),
        receive=broadcast.chains,
        forget=broadcast.forget_chains,
    )
    return ticks, chains


def _stream(
    rpc: StreamedRpc[EventT],
    method: Callable[..., StreamCall],
    chance: Callable[[], float],
    identity: Identity | None,
) -> FrameStream[EventT]:
    """Return a stream of all products that never gives up: not on refusals either.

    CONFLATED, as the clients' mailboxes are: a gateway that is behind needs the newest.
    """
    call = ResumingCall(
        rpc=rpc,
        connect=over(method, None if identity is None else identity.metadata),
        request=rpc.request(delivery=DELIVERY_POLICY_CONFLATED),
        permanent=lambda _: False,
        chance=chance,
    )
    return FrameStream(rpc=rpc, call=call)
