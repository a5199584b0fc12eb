"""What enrichment streams."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import candle_pb2, chain_pb2, tick_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.moments import to_datetime
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import enriched_chain_hub, tick_hub
from deltastream.runtime.streams.serve import Streaming
from deltastream.runtime.streams.stream import SessionOf


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentStreams:
    """What enrichment streams."""

    ticks: Streaming[tick_pb2.UnderlyingTick, pb.StreamTicksResponse]
    chains: Streaming[chain_pb2.EnrichedChain, pb.StreamChainsResponse]
    candles: Streaming[candle_pb2.Candle, pb.StreamCandlesResponse]

    @property
    def hubs(self) -> tuple[StreamHub[Any], ...]:
        """What must run beside the server."""
        return (self.ticks.hub, self.chains.hub, self.candles.hub)


def open_streams(bus: Bus, catalog: Catalog, *, session: SessionOf) -> EnrichmentStreams:
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
        candles=Streaming(
            hub=candle_hub(bus, catalog),
            response=pb.StreamCandlesResponse,
            batch=lambda candles, snapshot: pb.CandleBatch(candles=candles, snapshot=snapshot),
            session=session,
            filter_of=_of_lengths,
        ),
    )


def candle_hub(bus: Bus, catalog: Catalog) -> StreamHub[candle_pb2.Candle]:
    """Follow candles; the newest of a product and length holds.

    A slow subscriber gets the newest version of every window: what a window came to in the end
    must not be lost under the beginning of the next.
    """
    return StreamHub(
        bus=bus,
        catalog=catalog,
        kind=SubjectKind.ENRICHED_CANDLES,
        decode=lambda payload: pb.CandleBatch.FromString(payload).candles,
        key_of=lambda candle: f"{_state_of(candle)}/{candle.start.seconds}",
        time_of=lambda candle: to_datetime(candle.start),
        state_of=_state_of,
    )


def _state_of(candle: candle_pb2.Candle) -> str:
    return f"{candle.product}/{candle.window_minutes}"


def _of_lengths(request: pb.StreamCandlesRequest) -> Callable[[candle_pb2.Candle], bool]:
    lengths = frozenset(request.window_minutes)
    return lambda candle: not lengths or candle.window_minutes in lengths
