"""What the feed streams."""

from dataclasses import dataclass

from deltastream.domain.subjects import SubjectKind
from deltastream.feed.v1 import feed_service_pb2 as pb
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import quote_hub, raw_chain_hub, tick_hub
from deltastream.runtime.streams.serve import Streaming
from deltastream.runtime.streams.stream import SessionOf


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStreams:
    """What the feed streams."""

    ticks: Streaming[pb.StreamTicksResponse]
    quotes: Streaming[pb.StreamQuotesResponse]
    chains: Streaming[pb.StreamChainsResponse]

    @property
    def hubs(self) -> tuple[StreamHub, ...]:
        """What must run beside the server."""
        return (self.ticks.hub, self.quotes.hub, self.chains.hub)


def open_streams(
    bus: Bus, catalog: Catalog, *, session: SessionOf, maximum_age: float | None = None
) -> FeedStreams:
    """Lay out the streams of this role; their hubs must be run.

    Args:
        bus: where the events are.
        catalog: the products that there are.
        session: what heartbeats say of the market.
        maximum_age: about how many seconds a stream may last; None is no limit.
    """
    return FeedStreams(
        ticks=Streaming(
            hub=tick_hub(bus, catalog, SubjectKind.RAW_TICKS),
            response=pb.StreamTicksResponse,
            session=session,
            maximum_age=maximum_age,
        ),
        quotes=Streaming(
            hub=quote_hub(bus, catalog),
            response=pb.StreamQuotesResponse,
            session=session,
            maximum_age=maximum_age,
        ),
        chains=Streaming(
            hub=raw_chain_hub(bus, catalog),
            response=pb.StreamChainsResponse,
            session=session,
            maximum_age=maximum_age,
        ),
    )
