"""What enrichment streams."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import enriched_chain_hub, tick_hub
from deltastream.runtime.streams.serve import Streaming


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentStreams:
    """What enrichment streams."""

    ticks: Streaming[tick_pb2.UnderlyingTick, pb.StreamTicksResponse]
    chains: Streaming[chain_pb2.EnrichedChain, pb.StreamChainsResponse]

    @property
    def hubs(self) -> tuple[StreamHub[Any], ...]:
        """What must run beside the server."""
        return (self.ticks.hub, self.chains.hub)


def open_streams(
    bus: Bus, catalog: Catalog, *, session: Callable[[], MarketSession]
) -> EnrichmentStreams:
    """Lay out the streams of this role; their hubs must be run."""
    return EnrichmentStreams(
        ticks=Streaming(
            hub=tick_hub(bus, catalog, SubjectKind.ENRICHED_TICKS),
            response=pb.StreamTicksResponse,
            batch=lambda ticks, snapshot: pb.TickBatch(ticks=ticks, snapshot=snapshot),
            session=session,
        ),
        chains=Streaming(
            hub=enriched_chain_hub(bus, catalog),
            response=pb.StreamChainsResponse,
            batch=lambda chains, snapshot: pb.ChainBatch(chains=chains, snapshot=snapshot),
            session=session,
        ),
    )
