"""The edge put together: dashboard, health and headers around the transcoder."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import grpc
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.edge.sockets_mesh import anybody
from tests.fixtures.grpc_loopback import loopback

from deltastream.auth.v1.auth_service_pb2_grpc import (
    AuthServiceServicer,
    add_AuthServiceServicer_to_server,
)
from deltastream.edge.app import EdgeParts, make_app
from deltastream.edge.contract import SERVICES
from deltastream.edge.dashboard import add_dashboard
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.sockets.gateway import SocketGateway
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.clock import utc_now
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

AUTH = "deltastream.auth.v1.AuthService"


@pytest.fixture
async def edge() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """An edge of which only auth can be reached."""
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(
            loopback(
                lambda s: add_AuthServiceServicer_to_server(AuthServiceServicer(), s), service=AUTH
            )
        )
        nowhere = await stack.enter_async_context(grpc.aio.insecure_channel("127.0.0.1:1"))
        gateway = SocketGateway(
            enrichment=EnrichmentServiceStub(nowhere),
            storage=StorageServiceStub(nowhere),
            doorkeeper=anybody(),
            clock=utc_now,
        )
        channels = {service.full_name: nowhere for service in SERVICES} | {AUTH: auth}
        app = make_app(EdgeParts(channels=channels, gateway=gateway, body_bytes=1024))
        yield await stack.enter_async_context(TestClient(TestServer(app)))


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A dashboard as the build lays it out."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-abc.js").write_text("1")
    (tmp_path / "assets" / "index-abc.js.gz").write_bytes(b"\x1f\x8b compressed")
    app = web.Application(middlewares=[error_middleware])
    add_dashboard(app, tmp_path)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_health_answers_200_and_says_what_is_away(
    edge: TestClient[web.Request, web.Application],
) -> None:
    async with edge.get("/health") as response:
        body = await response.json()
    assert response.status == 200
    assert body["status"] == "DEGRADED"
    assert body["services"]["deltastream.storage.v1.StorageService"] == "UNREACHABLE"


@pytest.mark.parametrize("path", ["/health", "/api/docs", "/api/openapi.json", "/nothing"])
async def test_every_answer_carries_the_security_headers(
    edge: TestClient[web.Request, web.Application], path: str
) -> None:
    async with edge.get(path) as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Server"] == "DeltaStream"


async def test_a_service_that_is_away_is_503_with_a_time_to_retry(
    edge: TestClient[web.Request, web.Application],
) -> None:
    async with edge.get("/api/data/products") as response:
        body = await response.json()
    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert "127.0.0.1" not in str(body)


async def test_the_page_is_asked_for_again_and_its_assets_are_kept(
    files: TestClient[web.Request, web.Application],
) -> None:
    async with files.get("/") as page:
        assert page.status == 200
        assert page.headers["Cache-Control"] == "no-cache"
    async with files.get("/favicon.svg") as icon:
        assert icon.content_type == "image/svg+xml"
    async with files.get("/assets/index-abc.js") as asset:
        assert "immutable" in asset.headers["Cache-Control"]


async def test_a_compressed_sibling_is_sent_to_who_accepts_it(
    files: TestClient[web.Request, web.Application],
) -> None:
    headers = {"Accept-Encoding": "gzip"}
    async with files.get("/assets/index-abc.js", headers=headers) as asset:
        assert asset.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/assets/../index.html", "/assets/none.js", "/index.html.gz"])
async def test_nothing_else_is_served(
    files: TestClient[web.Request, web.Application], path: str
) -> None:
    async with files.get(path) as response:
        assert response.status == 404


async def test_a_missing_build_is_explained(tmp_path: Path) -> None:
    app = web.Application()
    add_dashboard(app, tmp_path / "none")
    async with TestClient(TestServer(app)) as client, client.get("/") as response:
        assert response.status == 404
        assert "make web" in await response.text()
