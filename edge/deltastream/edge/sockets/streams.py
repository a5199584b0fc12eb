"""The streams of the mesh that the gateway passes on."""

from collections.abc import Callable
from typing import Final

from google.protobuf.duration_pb2 import Duration

from deltastream.edge.sockets.backoff import Backoff
from deltastream.edge.sockets.broadcast import Broadcast
from deltastream.edge.sockets.upstream import HEARTBEAT_SECONDS, Upstream
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    StreamChainsRequest,
    StreamChainsResponse,
    StreamTicksRequest,
    StreamTicksResponse,
)
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.stream.v1.stream_pb2 import DELIVERY_POLICY_CONFLATED

_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0
_HEARTBEAT: Final = Duration(seconds=HEARTBEAT_SECONDS)


def open_streams(
    enrichment: EnrichmentServiceStub, *, broadcast: Broadcast, chance: Callable[[], float]
) -> tuple[Upstream[StreamTicksResponse], Upstream[StreamChainsResponse]]:
    """Return the stream of all ticks and that of all chains, to be followed into a broadcast.

    CONFLATED, as the clients' mailboxes are: a gateway that is behind needs the newest.
    """
    ticks = Upstream[StreamTicksResponse](
        name="ticks",
        connect=lambda token: enrichment.StreamTicks(
            StreamTicksRequest(
                resume_token=token,
                delivery=DELIVERY_POLICY_CONFLATED,
                heartbeat_interval=_HEARTBEAT,
            )
        ),
        receive=broadcast.ticks,
        forget=broadcast.forget_ticks,
        backoff=_backoff(chance),
    )
    chains = Upstream[StreamChainsResponse](
        name="chains",
        connect=lambda token: enrichment.StreamChains(
            StreamChainsRequest(
                resume_token=token,
                delivery=DELIVERY_POLICY_CONFLATED,
                heartbeat_interval=_HEARTBEAT,
            )
        ),
        receive=broadcast.chains,
        forget=broadcast.forget_chains,
        backoff=_backoff(chance),
    )
    return ticks, chains


def _backoff(chance: Callable[[], float]) -> Backoff:
    return Backoff(first=_FIRST_PAUSE_SECONDS, most=_LONGEST_PAUSE_SECONDS, chance=chance)
