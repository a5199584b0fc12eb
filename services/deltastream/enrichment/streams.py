"""What enrichment streams."""

from dataclasses import dataclass

from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.stored_events import stored_chains, stored_ticks
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import candle_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import enriched_chain_hub, tick_hub
from deltastream.runtime.streams.kind import Accepts, EventKind, accept_all
from deltastream.runtime.streams.serve import Streaming
from deltastream.runtime.streams.stream import SessionOf
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentStreams:
    """What enrichment streams."""

    ticks: Streaming[pb.StreamTicksResponse]
    chains: Streaming[pb.StreamChainsResponse]
    candles: Streaming[pb.StreamCandlesResponse]

    @property
    def hubs(self) -> tuple[StreamHub, ...]:
        """What must run beside the server."""
        return (self.ticks.hub, self.chains.hub, self.candles.hub)


def open_streams(
    bus: Bus,
    catalog: Catalog,
    *,
    session: SessionOf,
    storage: StorageServiceStub,
    maximum_age: float | None = None,
) -> EnrichmentStreams:
    """Lay out the streams of this role; their hubs must be run.

    Args:
        bus: where the events are.
        catalog: the products that there are.
        session: what heartbeats say of the market.
        storage: has the ticks and chains that the bus does not hold any more.
        maximum_age: about how many seconds a stream may last; None is no limit.
    """
    return EnrichmentStreams(
        ticks=Streaming(
            hub=tick_hub(bus, catalog, SubjectKind.ENRICHED_TICKS),
            response=pb.StreamTicksResponse,
            session=session,
            history=stored_ticks(storage),
            maximum_age=maximum_age,
        ),
        chains=Streaming(
            hub=enriched_chain_hub(bus, catalog),
            response=pb.StreamChainsResponse,
            session=session,
            history=stored_chains(storage),
            maximum_age=maximum_age,
        ),
        candles=Streaming(
            hub=candle_hub(bus, catalog),
            response=pb.StreamCandlesResponse,
            session=session,
            filter_of=_of_lengths,
            maximum_age=maximum_age,
        ),
    )


def candle_hub(bus: Bus, catalog: Catalog) -> StreamHub:
    """Follow candles; the newest of a product and length holds.

    A slow subscriber gets the newest version of every window: what a window came to in the end
    must not be lost under the beginning of the next. The bus alone remembers the versions that a
    window went through: storage has what it came to.
    """
    kind = EventKind(
        subjects=SubjectKind.ENRICHED_CANDLES,
        decode=lambda payload: pb.CandleBatch.FromString(payload).candles,
        batched=True,
        key_of=lambda candle: f"{_state_of(candle)}/{candle.start.seconds}",
        time_of=lambda candle: candle.start,
        state_of=_state_of,
        facet_of=lambda candle: candle.window_minutes,
    )
    return StreamHub(bus=bus, catalog=catalog, kind=kind)


def _state_of(candle: candle_pb2.Candle) -> str:
    return f"{candle.product}/{candle.window_minutes}"


def _of_lengths(request: pb.StreamCandlesRequest) -> Accepts:
    lengths = frozenset(request.window_minutes)
    return lengths.__contains__ if lengths else accept_all
