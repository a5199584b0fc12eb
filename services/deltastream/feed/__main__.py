"""The feed: the one writer of raw market events."""

import asyncio
import sys
from contextlib import AsyncExitStack

import structlog

from deltastream.adapters.bus.choose import open_bus
from deltastream.adapters.source.choose import open_source
from deltastream.domain.errors import DomainError
from deltastream.domain.subjects import SubjectKind
from deltastream.feed.markets import MarketAnnouncer, session_of
from deltastream.feed.progress import FeedProgress
from deltastream.feed.pump import Pump
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.service import FeedServicer
from deltastream.feed.settings import FeedSettings
from deltastream.feed.start import announce
from deltastream.feed.streams import open_streams
from deltastream.feed.v1.feed_service_pb2_grpc import add_FeedServiceServicer_to_server
from deltastream.ports.bus import Bus
from deltastream.ports.source import Source
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.server import serving
from deltastream.runtime.trimming import trim_repeatedly

_log = structlog.get_logger()
SERVICE = "deltastream.feed.v1.FeedService"
RAW_KINDS = (SubjectKind.RAW_TICKS, SubjectKind.RAW_QUOTES, SubjectKind.RAW_CHAINS)


async def work(settings: FeedSettings, shutdown: Shutdown) -> None:
    """Feed until asked to stop."""
    source = _open_source(settings)
    async with AsyncExitStack() as stack:
        bus = open_bus(settings.bus_url)
        stack.push_async_callback(bus.close)
        catalog = Catalog(bus)
        streams = open_streams(
            bus, catalog, session=lambda products: session_of(source, products, utc_now())
        )
        hubs = streams.hubs
        progress = FeedProgress()
        health = Health(services=(SERVICE,), probes={"bus": bus.epoch})
        await stack.enter_async_context(
            running(
                _feed(source, bus, catalog, progress),
                *(hub.run() for hub in hubs),
                trim_repeatedly(bus, catalog, RAW_KINDS, keep=settings.bus_keep),
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
                reflect=settings.reflection,
                drain_seconds=settings.drain_seconds,
            )
        )
        await shutdown.wait()
        for hub in hubs:
            hub.drain()


async def _feed(source: Source, bus: Bus, catalog: Catalog, progress: FeedProgress) -> None:
    """Announce the products, then pump, and say all the while which markets trade."""
    last = await announce(bus, catalog, source.products, RAW_KINDS, clock=utc_now)
    sequences = SequenceCounter(utc_now, above=last)
    pump = Pump(source=source, bus=bus, sequences=sequences, clock=utc_now, progress=progress)
    markets = MarketAnnouncer(
        source=source, bus=bus, catalog=catalog, sequences=sequences, clock=utc_now
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(pump.run())
        group.create_task(markets.run())


def _open_source(settings: FeedSettings) -> Source:
    try:
        source = open_source(settings.source, settings.source_options, clock=utc_now)
    except (DomainError, ValueError) as error:
        raise UsageError(str(error)) from error
    for notice in source.notices(utc_now()):
        _log.warning("source_notice", notice=notice)
    return source


def main() -> None:
    """Run the feed as a process."""
    sys.exit(run_role(FeedSettings, work))


if __name__ == "__main__":
    main()
