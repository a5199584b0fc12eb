"""What the tests of enrichment share."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.enrichment.bench import NIFTY, PRODUCTS, Bench
from tests.fixtures.storage_role import storage_role

from deltastream.adapters.bus.choose import open_bus
from deltastream.runtime.catalog import Catalog
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    bus = open_bus("memory:")
    async with storage_role(tmp_path) as (channel, store):
        bench = Bench(bus, StorageServiceStub(channel), store)
        await Catalog(bus).announce([NIFTY], sequence=1)
        yield bench
    await bus.close()


@pytest.fixture(params=["memory", "redis"])
async def shared_bench(
    request: pytest.FixtureRequest, redis_url: str, tmp_path: Path
) -> AsyncIterator[Bench]:
    """Offer five products to share, over each bus."""
    bus = open_bus(redis_url if request.param == "redis" else "memory:")
    async with storage_role(tmp_path) as (channel, store):
        products = [replace(NIFTY, symbol=symbol) for symbol in PRODUCTS]
        await Catalog(bus).announce(products, sequence=1)
        yield Bench(bus, StorageServiceStub(channel), store)
    await bus.close()
