"""Puts enrichment together."""

import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Final

from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.announcer import follow_catalog
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.letter_limit import LetterLimit
from deltastream.enrichment.measures import DeadLetterLevel, show_levels
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.replay import Replay
from deltastream.enrichment.replica import Replica
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.settings import EnrichmentSettings
from deltastream.enrichment.status import EnrichmentStatus
from deltastream.enrichment.streams import EnrichmentStreams, open_streams
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.market_sessions import MarketSessions
from deltastream.runtime.telemetry.bus_levels import BusLevels
from deltastream.runtime.telemetry.sampling import look_repeatedly
from deltastream.runtime.trimming import finished_by, trim_repeatedly
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

MADE_OF: Final = {
    SubjectKind.ENRICHED_TICKS: SubjectKind.RAW_TICKS,
    SubjectKind.ENRICHED_CHAINS: SubjectKind.RAW_CHAINS,
    SubjectKind.ENRICHED_CANDLES: SubjectKind.RAW_TICKS,
}
"""What is published here, and what of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """The parts of one replica."""

    bus: Bus
    storage: StorageServiceStub
    catalog: Catalog
    markets: MarketSessions
    streams: EnrichmentStreams
    enricher: Enricher
    replica: Replica
    letters: LetterBox

    @classmethod
    def of(
        cls, settings: EnrichmentSettings, *, bus: Bus, storage: StorageServiceStub
    ) -> "Enrichment":
        """Make the parts; they do nothing until `work` is run."""
        catalog = Catalog(bus)
        markets = MarketSessions(bus, clock=utc_now)
        streams = open_streams(
            bus,
            catalog,
            session=markets.session,
            storage=storage,
            maximum_age=settings.stream_maximum_age,
        )
        enricher = Enricher(
            products=catalog.products, policy=settings.pricing_policy, clock=utc_now
        )
        replica = Replica(
            name=settings.enrichment_consumer,
            bus=bus,
            storage=storage,
            catalog=catalog,
            enricher=enricher,
            policy=settings.lateness_policy,
            clock=utc_now,
            stopwatch=time.monotonic,
            hubs=streams.hubs,
        )
        show_levels(leases=lambda: len(replica.products), waiting=lambda: replica.waiting)
        return cls(
            bus=bus,
            storage=storage,
            catalog=catalog,
            markets=markets,
            streams=streams,
            enricher=enricher,
            replica=replica,
            letters=LetterBox(bus),
        )

    def work(self, *, keep: int, keep_letters: int) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what is to be run beside the server.

        Args:
            keep: how many entries a subject trimming spares.
            keep_letters: how many dead letters are held at most.
        """
        yield follow_catalog(self.catalog, self.storage)
        yield self.markets.follow()
        yield self.replica.run()
        yield from (hub.run() for hub in self.streams.hubs)
        finished = finished_by(self.bus, GROUP, MADE_OF)
        yield trim_repeatedly(self.bus, self.catalog, MADE_OF, keep=keep, through=finished)
        yield LetterLimit(self.letters, most=keep_letters).run()
        yield look_repeatedly(
            BusLevels(self.bus, self.catalog, MADE_OF).look, DeadLetterLevel(self.letters).look
        )

    def servicer(self) -> EnrichmentServicer:
        """Return what answers calls."""
        return EnrichmentServicer(
            streams=self.streams,
            enricher=self.enricher,
            letters=self.letters,
            status=EnrichmentStatus(
                bus=self.bus,
                letters=self.letters,
                products=self.catalog.products,
                members=lambda: self.replica.members,
            ),
            replay=Replay(
                bus=self.bus, letters=self.letters, enricher=self.enricher, storage=self.storage
            ),
        )

    async def drain(self, *, seconds: float) -> None:
        """Let every subscriber say goodbye, finish what is in hand, and leave the products."""
        for hub in self.streams.hubs:
            hub.drain()
        await self.replica.drain(seconds=seconds)
