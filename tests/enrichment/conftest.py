"""What the tests of enrichment share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.enrichment.bench import NIFTY, Bench
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
