"""What the feed streams."""

from dataclasses import dataclass
from typing import Any

from deltastream.domain.subjects import SubjectKind
from deltastream.feed.v1 import feed_service_pb2 as pb
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import quote_hub, raw_chain_hub, tick_hub
from deltastream.runtime.streams.serve import Streaming
from deltastream.runtime.streams.stream import SessionOf


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStreams:
    """What the feed streams."""

    ticks: Streaming[tick_pb2.UnderlyingTick, pb.StreamTicksResponse]
    quotes: Streaming[chain_pb2.OptionQuote, pb.StreamQuotesResponse]
    chains: Streaming[chain_pb2.OptionChain, pb.StreamChainsResponse]

    @property
    def hubs(self) -> tuple[StreamHub[Any], ...]:
        """What must run beside the server."""
        return (self.ticks.hub, self.quotes.hub, self.chains.hub)


def open_streams(bus: Bus, catalog: Catalog, *, session: SessionOf) -> FeedStreams:
    """Lay out the streams of this role; their hubs must be run."""
    return FeedStreams(
        ticks=Streaming(
            hub=tick_hub(bus, catalog, SubjectKind.RAW_TICKS),
            response=pb.StreamTicksResponse,
            batch=lambda ticks, snapshot: pb.TickBatch(ticks=ticks, snapshot=snapshot),
            session=session,
        ),
        quotes=Streaming(
            hub=quote_hub(bus, catalog),
            response=pb.StreamQuotesResponse,
            batch=lambda quotes, snapshot: pb.QuoteBatch(quotes=quotes, snapshot=snapshot),
            session=session,
        ),
        chains=Streaming(
            hub=raw_chain_hub(bus, catalog),
            response=pb.StreamChainsResponse,
            batch=lambda chains, snapshot: pb.ChainBatch(chains=chains, snapshot=snapshot),
            session=session,
        ),
    )
