"""The edge's whole application before storage and analytics as their roles serve them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.analytics.analytics_mesh import analytics_role
from tests.analytics.hand_clock import HandClock
from tests.edge.sockets_mesh import anybody
from tests.edge.tables.stored_market import store_market
from tests.edge.transcoder_mesh import Storage
from tests.fixtures.grpc_loopback import loopback
from tests.fixtures.storage_role import storage_role

from deltastream.edge.app import EdgeParts, make_app
from deltastream.edge.contract import SERVICES
from deltastream.edge.sockets.gateway import SocketGateway
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.ports.store import MarketStore
from deltastream.runtime.clock import utc_now
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

Client = TestClient[web.Request, web.Application]

STORAGE: Final = "deltastream.storage.v1.StorageService"
ANALYTICS: Final = "deltastream.analytics.v1.AnalyticsService"
OF_NIFTY: Final = {"product": "NIFTY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesMesh:
    """The edge, and the database behind storage."""

    client: Client
    store: MarketStore

    async def get(self, path: str, **query: str) -> Any:
        """Return the JSON of an answer that must be good."""
        async with self.client.get(path, params=query) as response:
            assert response.status == 200, await response.text()
            assert response.headers["Content-Type"] == "application/json"
            return orjson.loads(await response.read())

    async def rows(self, name: str, **query: str) -> list[dict[str, Any]]:
        """Return the rows of a table of NIFTY."""
        rows: list[dict[str, Any]] = await self.get(f"/api/tables/{name}", **query)
        return rows


@asynccontextmanager
async def tables_mesh(folder: Path, **parts: Any) -> AsyncIterator[TablesMesh]:
    """Serve the application before a stored market, and yield it."""
    async with AsyncExitStack() as stack:
        storage, store = await stack.enter_async_context(storage_role(folder))
        analytics = await stack.enter_async_context(analytics_role(storage, HandClock()))
        await store_market(store)
        client = await stack.enter_async_context(
            edge_before({STORAGE: storage, ANALYTICS: analytics}, **parts)
        )
        yield TablesMesh(client=client, store=store)


@asynccontextmanager
async def edge_before_storage(storage: Storage, **parts: Any) -> AsyncIterator[Client]:
    """Serve the application before a storage that answers what the test tells it to."""

    def add(server: grpc.aio.Server) -> None:
        add_StorageServiceServicer_to_server(storage, server)

    async with (
        loopback(add, service=STORAGE) as channel,
        edge_before({STORAGE: channel}, **parts) as client,
    ):
        yield client


@asynccontextmanager
async def edge_before(channels: dict[str, grpc.aio.Channel], **parts: Any) -> AsyncIterator[Client]:
    """Serve the application before some services; the others are away."""
    # Port 9 (discard) is never listened on here.
    async with grpc.aio.insecure_channel("127.0.0.1:9") as nowhere:
        gateway = SocketGateway(
            enrichment=EnrichmentServiceStub(nowhere),
            storage=StorageServiceStub(nowhere),
            doorkeeper=anybody(),
            clock=utc_now,
        )
        every = {service.full_name: nowhere for service in SERVICES} | channels
        app = make_app(EdgeParts(channels=every, gateway=gateway, body_bytes=1024, **parts))
        async with TestClient(TestServer(app, handler_cancellation=True)) as client:
            yield client
