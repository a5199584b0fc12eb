"""The edge's whole application before real services on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import grpc
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.edge.sockets_mesh import anybody
from tests.edge.transcoder_mesh import Auth, Enrichment, Seen, Storage
from tests.fixtures.grpc_loopback import loopback

from deltastream.auth.v1 import auth_service_pb2_grpc
from deltastream.edge.app import EdgeParts, make_app
from deltastream.edge.contract import SERVICES
from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.limiter import RateLimiter, Rates
from deltastream.edge.limits.memory import MemoryCounter
from deltastream.edge.limits.rates import Rate
from deltastream.edge.sockets.gateway import SocketGateway
from deltastream.edge.sockets.limits import SocketLimits
from deltastream.enrichment.v1 import enrichment_service_pb2_grpc
from deltastream.runtime.clock import utc_now
from deltastream.storage.v1 import storage_service_pb2_grpc

Client = TestClient[web.Request, web.Application]

ENRICHMENT: Final = web.AppKey("enrichment", Enrichment)
"""Where a test finds the service whose streams it feeds."""
PRODUCTS: Final = "/api/data/products"
LOGIN: Final = "/api/auth/login"
SOMEBODY: Final = {"email": "ada@example.com", "password": "not-the-password"}


def limiter(*, client: int = 0, account: int = 0, credentials: int = 0) -> RateLimiter:
    """Return a limiter of so many requests at once, none of which comes back within a test."""
    return RateLimiter(
        Rates(
            client=_rate("client", client),
            account=_rate("account", account),
            credentials=_rate("credentials", credentials),
        ),
        MemoryCounter(monotonic=lambda: 0.0),
    )


def _rate(name: str, burst: int) -> Rate | None:
    return Rate(name=name, per_minute=60, burst=burst) if burst else None


@asynccontextmanager
async def whole_edge(
    *,
    limits: SocketLimits | None = None,
    callers: Callers | None = None,
    limiter: RateLimiter | None = None,
    **parts: Any,
) -> AsyncIterator[Client]:
    """Serve the application, and yield a client."""
    seen = Seen()
    enrichment = Enrichment(seen)

    def add_servicers(server: grpc.aio.Server) -> None:
        storage_service_pb2_grpc.add_StorageServiceServicer_to_server(Storage(seen), server)
        enrichment_service_pb2_grpc.add_EnrichmentServiceServicer_to_server(enrichment, server)
        auth_service_pb2_grpc.add_AuthServiceServicer_to_server(Auth(seen), server)

    async with loopback(add_servicers, service="deltastream.storage.v1.StorageService") as channel:
        gateway = SocketGateway(
            enrichment=enrichment_service_pb2_grpc.EnrichmentServiceStub(channel),
            storage=storage_service_pb2_grpc.StorageServiceStub(channel),
            doorkeeper=anybody(),
            clock=utc_now,
            allowed_origins=parts.get("cors_origins", ()),
            limits=limits,
            callers=callers,
            limiter=limiter,
        )
        app = make_app(
            EdgeParts(
                channels={service.full_name: channel for service in SERVICES},
                gateway=gateway,
                body_bytes=1 << 16,
                callers=callers or Callers(),
                limiter=limiter,
                **parts,
            )
        )
        app[ENRICHMENT] = enrichment
        async with (
            TestClient(TestServer(app, handler_cancellation=True)) as client,
            gateway.running(),
        ):
            yield client
