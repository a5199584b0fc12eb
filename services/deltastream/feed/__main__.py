"""The feed: the one writer of raw market events."""

import asyncio
import sys
from contextlib import AsyncExitStack

from deltastream.adapters.bus.choose import open_bus
from deltastream.adapters.source.choose import SourceOptions
from deltastream.domain.errors import DomainError
from deltastream.domain.subjects import ENRICHMENT_GROUP, SubjectKind
from deltastream.feed.last_events import LastEvents
from deltastream.feed.markets import MarketAnnouncer, session_of
from deltastream.feed.open_markets import OpenMarkets
from deltastream.feed.progress import FeedProgress
from deltastream.feed.pump import Pump
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.service import FeedServicer
from deltastream.feed.settings import FeedSettings
from deltastream.feed.source import open_feed_source
from deltastream.feed.start import announce
from deltastream.feed.streams import open_streams
from deltastream.feed.tenure import Tenure
from deltastream.feed.v1.feed_service_pb2_grpc import add_FeedServiceServicer_to_server
from deltastream.ports.bus import Bus
from deltastream.ports.source import Source
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.log_shipping.shipping import shipping_logs
from deltastream.runtime.process_name import process_name
from deltastream.runtime.server import serving
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.bus_levels import BusLevels
from deltastream.runtime.telemetry.calendar_validity import show_calendars
from deltastream.runtime.telemetry.instruments import PROCESS
from deltastream.runtime.telemetry.sampling import look_repeatedly
from deltastream.runtime.trimming import finished_by, trim_repeatedly

SERVICE = "deltastream.feed.v1.FeedService"
RAW_KINDS = (SubjectKind.RAW_TICKS, SubjectKind.RAW_QUOTES, SubjectKind.RAW_CHAINS)


async def work(settings: FeedSettings, shutdown: Shutdown) -> None:
    """Feed until asked to stop."""
    options = _options(settings)
    source = open_feed_source(settings.source, options, clock=utc_now)
    show_calendars(options.calendars)
    async with AsyncExitStack() as stack:
        identity = await stack.enter_async_context(
            open_identity(settings, auth=settings.auth_address)
        )
        await stack.enter_async_context(shipping_logs(settings, identity.service))
        bus = open_bus(settings.bus_url)
        stack.push_async_callback(bus.close)
        catalog = Catalog(bus)
        streams = open_streams(
            bus,
            catalog,
            session=lambda products: session_of(source, products, utc_now()),
            maximum_age=settings.stream_maximum_age,
        )
        hubs = streams.hubs
        progress = FeedProgress()
        health = Health(
            services=(SERVICE,),
            probes={"bus": bus.epoch, "auth": identity.probe},
            needs={SERVICE: identity.needed("bus")},
        )
        await stack.enter_async_context(
            running(
                _feed(source, bus, catalog, progress),
                *(hub.run() for hub in hubs),
                trim_repeatedly(
                    bus,
                    catalog,
                    RAW_KINDS,
                    keep=settings.bus_keep,
                    through=finished_by(bus, ENRICHMENT_GROUP, {kind: kind for kind in RAW_KINDS}),
                ),
                look_repeatedly(
                    BusLevels(bus, catalog, RAW_KINDS, group=ENRICHMENT_GROUP).look,
                    LastEvents(progress, clock=utc_now).look,
                    OpenMarkets(source, clock=utc_now).look,
                ),
                health.watch(),
            )
        )
        servicer = FeedServicer(streams=streams, source=source, progress=progress, clock=utc_now)
        await stack.enter_async_context(
            serving(
                listen=settings.feed_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_FeedServiceServicer_to_server(servicer, server),
                health=health,
                settings=settings,
                policy=identity.policy,
            )
        )
        await shutdown.wait()
        for hub in hubs:
            hub.drain()


async def _feed(source: Source, bus: Bus, catalog: Catalog, progress: FeedProgress) -> None:
    """Become the one writer of the source's products; then pump, and say which markets trade."""
    sequences = SequenceCounter(utc_now, above=0)

    async def begin() -> None:
        last = await announce(bus, catalog, source.products, RAW_KINDS, clock=utc_now)
        sequences.advance(last)

    tenure = Tenure(
        leases=bus.leases,
        holder=process_name(),
        products=[product.symbol for product in source.products],
        begin=begin,
    )
    PROCESS.gauge(names.LEASES_HELD).set_function(lambda: tenure.count)
    pump = Pump(
        source=source,
        bus=bus,
        tenure=tenure,
        sequences=sequences,
        clock=utc_now,
        progress=progress,
    )
    markets = MarketAnnouncer(
        source=source,
        bus=bus,
        tenure=tenure,
        catalog=catalog,
        sequences=sequences,
        clock=utc_now,
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(tenure.run())
        group.create_task(pump.run())
        group.create_task(markets.run())


def _options(settings: FeedSettings) -> SourceOptions:
    try:
        return settings.source_options
    except DomainError as error:
        raise UsageError(str(error)) from error


def main() -> None:
    """Run the feed as a process."""
    sys.exit(run_role(FeedSettings, work))


if __name__ == "__main__":
    main()
