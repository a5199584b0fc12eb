"""EnrichmentService as its role serves it, without streams."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

import grpc
from tests.enrichment.bench import Bench
from tests.fixtures.grpc_loopback import LoopbackSettings, loopback

from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.replay import Replay
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.status import EnrichmentStatus
from deltastream.enrichment.streams import EnrichmentStreams
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health
from deltastream.runtime.server import serving

SERVICE = "deltastream.enrichment.v1.EnrichmentService"


@asynccontextmanager
async def served(
    bench: Bench, *, members: Sequence[str] = ()
) -> AsyncIterator[EnrichmentServiceStub]:
    """Serve the unary methods, by an enricher that can do everything."""
    async with loopback(await _servicer(bench, members), service=SERVICE) as channel:
        yield EnrichmentServiceStub(channel)


@asynccontextmanager
async def served_at(bench: Bench) -> AsyncIterator[str]:
    """Serve the unary methods, and yield HOST:PORT."""
    async with serving(
        listen="127.0.0.1:0",
        services=(SERVICE,),
        add_servicers=await _servicer(bench, ()),
        health=Health(services=(SERVICE,), probes={}),
        settings=LoopbackSettings(),
    ) as port:
        yield f"127.0.0.1:{port}"


async def _servicer(bench: Bench, members: Sequence[str]) -> Callable[[grpc.aio.Server], None]:
    catalog = Catalog(bench.bus)
    await catalog.refresh()
    letters = LetterBox(bench.bus)
    enricher = Enricher(products={}, policy=PricingPolicy(), clock=utc_now)
    servicer = EnrichmentServicer(
        streams=cast("EnrichmentStreams", None),
        enricher=enricher,
        letters=letters,
        status=EnrichmentStatus(
            bus=bench.bus, letters=letters, products=catalog.products, members=lambda: members
        ),
        replay=Replay(bus=bench.bus, letters=letters, enricher=enricher, storage=bench.storage),
    )
    return partial(add_EnrichmentServiceServicer_to_server, servicer)
