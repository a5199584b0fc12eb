"""Storage hears of products as soon as there are any, and as soon as it is there."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import loopback
from tests.streams.streamed import product

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.enrichment import announcer
from deltastream.enrichment.announcer import follow_catalog
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.interceptors.base import Context
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

SERVICE = "deltastream.storage.v1.StorageService"
NEVER = 3600.0
SECONDS = 10.0


class Storage(StorageServiceServicer):
    """Takes note of what it is told; is away for some calls."""

    def __init__(self, *, away: int = 0) -> None:
        self.told: list[str] = []
        self.refused = asyncio.Event()
        self._away = away

    async def PutProducts(
        self, request: pb.PutProductsRequest, context: Context
    ) -> pb.PutProductsResponse:
        if self._away:
            self._away -= 1
            self.refused.set()
            raise DependencyUnavailableError("store")
        self.told += [each.symbol for each in request.products]
        return pb.PutProductsResponse()

    async def hears(self, *symbols: str) -> None:
        """Return when it has been told of these, and of nothing else."""

        async def told() -> list[str]:
            return self.told

        await eventually(told, lambda found: found == list(symbols))


@pytest.fixture(autouse=True)
def _nothing_happens_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever waits for another announcement waits longer than the test."""
    monkeypatch.setattr(announcer, "_WAIT_SECONDS", NEVER)


@asynccontextmanager
async def announcing(catalog: Catalog, storage: Storage) -> AsyncIterator[None]:
    async with (
        loopback(
            lambda server: add_StorageServiceServicer_to_server(storage, server), service=SERVICE
        ) as channel,
        running(follow_catalog(catalog, StorageServiceStub(channel))),
    ):
        yield


async def test_a_product_that_is_announced_is_stored_and_then_the_next() -> None:
    bus, storage = MemoryBus(), Storage()
    feed = Catalog(bus)
    async with announcing(Catalog(bus), storage):
        await feed.announce([product("NIFTY")], sequence=1)
        await storage.hears("NIFTY")
        await feed.announce([product("NIFTY"), product("SPY")], sequence=2)
        await storage.hears("NIFTY", "SPY")
    await bus.close()


async def test_what_somebody_else_has_learned_is_stored_without_another_announcement() -> None:
    bus, storage = MemoryBus(), Storage()
    await Catalog(bus).announce([product("NIFTY")], sequence=1)
    shared = Catalog(bus)
    await shared.refresh()
    async with announcing(shared, storage):
        await storage.hears("NIFTY")
    await bus.close()


async def test_a_storage_that_was_away_hears_of_them_without_another_announcement() -> None:
    bus, storage = MemoryBus(), Storage(away=2)
    await Catalog(bus).announce([product("NIFTY")], sequence=1)
    async with announcing(Catalog(bus), storage):
        await storage.hears("NIFTY")
    await bus.close()


async def test_a_product_is_known_though_storage_is_away() -> None:
    bus, storage = MemoryBus(), Storage(away=sys.maxsize)
    feed, catalog = Catalog(bus), Catalog(bus)

    async def known() -> list[str]:
        return sorted(catalog.products)

    await feed.announce([product("NIFTY")], sequence=1)
    async with announcing(catalog, storage):
        async with asyncio.timeout(SECONDS):
            await storage.refused.wait()
        await feed.announce([product("NIFTY"), product("SPY")], sequence=2)
        await eventually(known, lambda symbols: symbols == ["NIFTY", "SPY"])
    await bus.close()
