"""Enrichment: turns raw events into enriched ones."""

import sys
import time
from contextlib import AsyncExitStack
from typing import Final

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.announcer import follow_catalog
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.measures import DeadLetterLevel, show_levels
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.replay import Replay
from deltastream.enrichment.replica import Replica
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.settings import EnrichmentSettings
from deltastream.enrichment.status import EnrichmentStatus
from deltastream.enrichment.streams import open_streams
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.channels import open_channel
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health, role_probe
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.lifecycle import Shutdown, run_role
from deltastream.runtime.log_shipping.shipping import shipping_logs
from deltastream.runtime.market_sessions import MarketSessions
from deltastream.runtime.server import serving
from deltastream.runtime.telemetry.bus_levels import BusLevels
from deltastream.runtime.telemetry.sampling import look_repeatedly
from deltastream.runtime.trimming import finished_by, trim_repeatedly
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

SERVICE = "deltastream.enrichment.v1.EnrichmentService"
STORAGE = "deltastream.storage.v1.StorageService"
MADE_OF = {
    SubjectKind.ENRICHED_TICKS: SubjectKind.RAW_TICKS,
    SubjectKind.ENRICHED_CHAINS: SubjectKind.RAW_CHAINS,
    SubjectKind.ENRICHED_CANDLES: SubjectKind.RAW_TICKS,
}
# Enough for what is in hand; if storage is away, the others need not wait for it with us.
_HAND_OVER_SECONDS: Final = 2.0


async def work(settings: EnrichmentSettings, shutdown: Shutdown) -> None:
    """Enrich until asked to stop."""
    async with AsyncExitStack() as stack:
        bus = open_bus(settings.bus_url)
        stack.push_async_callback(bus.close)
        identity = await stack.enter_async_context(
            open_identity(settings, auth=settings.auth_address)
        )
        await stack.enter_async_context(shipping_logs(settings, identity.service))
        channel = await stack.enter_async_context(
            open_channel(
                settings.storage_address,
                service="storage",
                identity=identity.service,
                tls=settings.mesh_tls,
            )
        )
        storage = StorageServiceStub(channel)
        catalog = Catalog(bus)
        enricher = Enricher(
            products=catalog.products, policy=settings.pricing_policy, clock=utc_now
        )
        markets = MarketSessions(bus, clock=utc_now)
        streams = open_streams(
            bus,
            catalog,
            session=markets.session,
            storage=storage,
            maximum_age=settings.stream_maximum_age,
        )
        hubs = streams.hubs
        replica = Replica(
            name=settings.enrichment_consumer,
            bus=bus,
            storage=storage,
            catalog=catalog,
            enricher=enricher,
            policy=settings.lateness_policy,
            clock=utc_now,
            stopwatch=time.monotonic,
            hubs=hubs,
        )
        show_levels(leases=lambda: len(replica.products), waiting=lambda: replica.waiting)
        letters = LetterBox(bus)
        health = Health(
            services=(SERVICE,),
            probes={
                "bus": bus.epoch,
                "storage": role_probe(channel, STORAGE),
                "auth": identity.probe,
            },
            needs={SERVICE: identity.needed("bus", "storage")},
        )
        await stack.enter_async_context(
            running(
                follow_catalog(catalog, storage),
                markets.follow(),
                replica.run(),
                *(hub.run() for hub in hubs),
                trim_repeatedly(
                    bus,
                    catalog,
                    MADE_OF,
                    keep=settings.bus_keep,
                    through=finished_by(bus, GROUP, MADE_OF),
                ),
                look_repeatedly(
                    BusLevels(bus, catalog, MADE_OF).look, DeadLetterLevel(letters).look
                ),
                health.watch(),
            )
        )
        servicer = EnrichmentServicer(
            streams=streams,
            enricher=enricher,
            letters=letters,
            status=EnrichmentStatus(
                bus=bus,
                letters=letters,
                products=catalog.products,
                members=lambda: replica.members,
            ),
            replay=Replay(bus=bus, letters=letters, enricher=enricher, storage=storage),
        )
        await stack.enter_async_context(
            serving(
                listen=settings.enrichment_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_EnrichmentServiceServicer_to_server(
                    servicer, server
                ),
                health=health,
                settings=settings,
                policy=identity.policy,
            )
        )
        await shutdown.wait()
        for hub in hubs:
            hub.drain()
        await replica.drain(seconds=min(settings.drain_seconds, _HAND_OVER_SECONDS))


def main() -> None:
    """Run enrichment as a process."""
    sys.exit(run_role(EnrichmentSettings, work))


if __name__ == "__main__":
    main()
