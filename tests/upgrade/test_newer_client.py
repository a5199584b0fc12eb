"""Clients of the next release before an edge, a bus and services of this one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from tests.fixtures.grpc_loopback import LoopbackSettings
from tests.store.market_events import tick
from tests.streams.streamed import product
from tests.upgrade.conftest import FutureServer, ask_as_the_future

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.adapters.cache.choose import open_cache
from deltastream.adapters.store.choose import open_store
from deltastream.client import Mesh
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.edge.contract import SERVICES, role_of
from deltastream.edge.passthrough.server import passing_through
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.streams import EnrichmentStreams, open_streams
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.ports.bus import Entry
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.health import Health
from deltastream.runtime.server import serving
from deltastream.storage.latest import LatestValues
from deltastream.storage.service import StorageServicer
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
SERVICE_NAMES = tuple(service.full_name for service in SERVICES)
SETTINGS = LoopbackSettings(drain_seconds=0.2)


class Streams(EnrichmentServiceServicer):
    """Enrichment's own stream, without a worker."""

    StreamChains = EnrichmentServicer.StreamChains

    def __init__(self, streams: EnrichmentStreams) -> None:
        self._streams = streams


@asynccontextmanager
async def this_release(bus: MemoryBus, folder: Path) -> AsyncIterator[str]:
    """Serve storage and streams behind an edge; yield the edge's public gRPC address."""
    store = await open_store(f"sqlite:{folder / 'market.db'}")
    await store.put_ticks([tick(1), tick(2)])
    storage = StorageServicer(store=store, latest=LatestValues(open_cache("memory:")))
    health = Health(services=SERVICE_NAMES, probes={})
    async with grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        streams = open_streams(
            bus,
            Catalog(bus),
            session=lambda _: MarketSession.OPEN,
            storage=StorageServiceStub(nowhere),
            maximum_age=None,
        )

        def add(server: grpc.aio.Server) -> None:
            add_StorageServiceServicer_to_server(storage, server)
            add_EnrichmentServiceServicer_to_server(Streams(streams), server)

        async with (
            running(*(hub.run() for hub in streams.hubs)),
            serving(
                listen="127.0.0.1:0",
                services=SERVICE_NAMES,
                add_servicers=add,
                health=health,
                settings=SETTINGS,
            ) as port,
        ):
            await health.announce()
            async with passing_through(
                listen="127.0.0.1:0",
                addresses={role_of(service): f"127.0.0.1:{port}" for service in SERVICES},
                settings=SETTINGS,
                concurrency=Concurrency.of(SETTINGS),
            ) as public:
                yield f"127.0.0.1:{public}"
    await store.close()


async def publish_as_the_future(server: FutureServer, bus: MemoryBus) -> int:
    """Put a chain on the bus as the next release writes it; return its sequence."""
    await Catalog(bus).announce([product("NIFTY")], sequence=1)
    async with Mesh(server.address) as mesh:
        chain = await anext(mesh.chains("NIFTY"))
    subject = subject_of(SubjectKind.ENRICHED_CHAINS, "NIFTY")
    payload = chain.SerializeToString()
    await bus.publish([Entry(subject=subject, sequence=chain.sequence, payload=payload)])
    return chain.sequence


async def test_a_newer_client_gets_what_there_is_and_is_told_what_there_is_not(
    future_code: Path, future_server: FutureServer, tmp_path: Path
) -> None:
    bus = MemoryBus()
    async with this_release(bus, tmp_path) as address:
        sequence = await publish_as_the_future(future_server, bus)
        found = await ask_as_the_future(future_code, address)
    await bus.close()
    # A filter that an older service does not know of does not narrow what it finds.
    assert found["ticks"] == [2, 1]
    assert found["outlook"].startswith("UNIMPLEMENTED")
    assert found["sampled"].startswith("INVALID_ARGUMENT")
    assert "delivery" in found["sampled"]
    # What is new in an event comes through an older bus, service and edge to who knows of it.
    assert found["chain"] == {"sequence": sequence, "crowding": sequence / 2}
