"""Enrichment: turns raw events into enriched ones."""

import sys
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.announcer import follow_catalog
from deltastream.enrichment.candle_archive import CandleArchive
from deltastream.enrichment.candle_keeper import CandleKeeper
from deltastream.enrichment.dead_letters import DeadLetters
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.recorder import Recorder
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.settings import EnrichmentSettings
from deltastream.enrichment.stored_history import StoredHistory
from deltastream.enrichment.streams import open_streams
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.enrichment.worker import GROUP, Worker
from deltastream.ports.bus import Bus
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.channels import open_channel
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health, role_probe
from deltastream.runtime.lifecycle import Shutdown, run_role
from deltastream.runtime.market_sessions import MarketSessions
from deltastream.runtime.server import serving
from deltastream.runtime.trimming import trim_repeatedly
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

SERVICE = "deltastream.enrichment.v1.EnrichmentService"
STORAGE = "deltastream.storage.v1.StorageService"
ENRICHED_KINDS = (
    SubjectKind.ENRICHED_TICKS,
    SubjectKind.ENRICHED_CHAINS,
    SubjectKind.ENRICHED_CANDLES,
)


async def work(settings: EnrichmentSettings, shutdown: Shutdown) -> None:
    """Enrich until asked to stop."""
    async with AsyncExitStack() as stack:
        bus = open_bus(settings.bus_url)
        stack.push_async_callback(bus.close)
        channel = await stack.enter_async_context(
            open_channel(settings.storage_address, service="storage")
        )
        storage = StorageServiceStub(channel)
        catalog = Catalog(bus)
        enricher = Enricher(
            products=catalog.products, policy=settings.pricing_policy, clock=utc_now
        )
        markets = MarketSessions(bus, clock=utc_now)
        streams = open_streams(bus, catalog, session=markets.session)
        hubs = streams.hubs
        health = Health(
            services=(SERVICE,),
            probes={"bus": bus.epoch, "storage": role_probe(channel, STORAGE)},
        )
        await stack.enter_async_context(
            running(
                follow_catalog(catalog, storage),
                markets.follow(),
                *_work_through(settings, bus, storage, catalog, enricher),
                *(hub.run() for hub in hubs),
                trim_repeatedly(bus, catalog, ENRICHED_KINDS, keep=settings.bus_keep),
                health.watch(),
            )
        )
        servicer = EnrichmentServicer(streams=streams, enricher=enricher)
        await stack.enter_async_context(
            serving(
                listen=settings.enrichment_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_EnrichmentServiceServicer_to_server(
                    servicer, server
                ),
                health=health,
                reflect=settings.reflection,
                drain_seconds=settings.drain_seconds,
            )
        )
        await shutdown.wait()
        for hub in hubs:
            hub.drain()


def _work_through(
    settings: EnrichmentSettings,
    bus: Bus,
    storage: StorageServiceStub,
    catalog: Catalog,
    enricher: Enricher,
) -> tuple[Coroutine[Any, Any, None], ...]:
    """Return what must run to enrich, publish and store all raw events."""
    dead_letters = DeadLetters(bus=bus, clock=utc_now)
    recorder = Recorder(bus=bus, storage=storage, group=GROUP, dead_letters=dead_letters)
    policy = settings.lateness_policy
    candles = CandleKeeper(
        archive=CandleArchive(bus=bus, history=StoredHistory(storage), policy=policy),
        recorder=recorder,
        policy=policy,
        clock=time.monotonic,
    )
    worker = Worker(
        bus=bus,
        catalog=catalog,
        consumer=settings.enrichment_consumer,
        enricher=enricher,
        candles=candles,
        recorder=recorder,
        dead_letters=dead_letters,
    )
    return worker.run(), candles.run(), recorder.run()


def main() -> None:
    """Run enrichment as a process."""
    sys.exit(run_role(EnrichmentSettings, work))


if __name__ == "__main__":
    main()
