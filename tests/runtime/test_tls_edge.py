"""HTTPS at the edge's public addresses, with a certificate that is replaced under it."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs
from tests.fixtures.certificates import Authority, Mount
from tests.fixtures.free_port import free_port
from tests.fixtures.tls_roles import serial_shown

from deltastream.edge.listening import listening
from deltastream.edge.settings import EdgeSettings
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.probe import NotServingError, ask
from deltastream.runtime.roles import role_named

AUTHORITY = Authority.new()
IDLE_SECONDS = 0.5
SECONDS = 10.0


@pytest.fixture
def mount(tmp_path: Path) -> Mount:
    return Mount.of(tmp_path / "public", AUTHORITY.issue())


def browser() -> aiohttp.ClientSession:
    """A client that believes our authority alone."""
    trusted = ssl.create_default_context(cadata=AUTHORITY.pem.decode())
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted))


@asynccontextmanager
async def edge(mount: Mount) -> AsyncIterator[int]:
    """Serve what says how it was asked; yield the port."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=request.scheme)

    app = web.Application()
    app.router.add_get("/health", answer)
    port = free_port()
    settings = EdgeSettings(
        edge_listen=f"127.0.0.1:{port}",
        edge_socketio_listen="",
        edge_tls_certificate=mount.certificate,
        edge_tls_key=mount.key,
        idle_seconds=IDLE_SECONDS,
        drain_seconds=0.2,
    )
    async with listening(app, settings, Concurrency.of(settings)):
        yield port


async def test_it_asks_nobody_for_a_certificate_and_knows_that_it_is_https(mount: Mount) -> None:
    async with edge(mount) as port, browser() as session:
        for host in ("localhost", "127.0.0.1"):
            async with session.get(f"https://{host}:{port}/health") as response:
                assert (response.status, await response.text()) == (200, "https")


async def test_it_does_not_answer_in_the_open(mount: Mount) -> None:
    async with edge(mount) as port, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"http://127.0.0.1:{port}/health")


async def test_connections_are_kept_and_new_ones_have_the_new_certificate(mount: Mount) -> None:
    renewed = AUTHORITY.issue()
    trusted = ssl.create_default_context(cadata=AUTHORITY.pem.decode())
    async with edge(mount) as port:
        reader, writer = await asyncio.open_connection("localhost", port, ssl=trusted)
        assert await serial_shown(port) != renewed.serial
        mount.replace(renewed)
        assert await serial_shown(port) == renewed.serial
        writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(SECONDS):
            assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
        writer.close()


async def test_a_pair_that_does_not_fit_changes_nothing(mount: Mount) -> None:
    renewed = AUTHORITY.issue()
    async with edge(mount) as port:
        before = await serial_shown(port)
        with capture_logs() as logs:
            (mount.folder / "..data" / "tls.crt").write_bytes(renewed.certificate)
            assert await serial_shown(port) == before
            (mount.folder / "..data" / "tls.key").write_bytes(renewed.key)
            assert await serial_shown(port) == renewed.serial
    assert [entry["event"] for entry in logs if "tls" in entry["event"]] == [
        "tls_files_unusable",
        "tls_files_renewed",
    ]


async def test_who_connects_and_says_nothing_is_sent_away(mount: Mount) -> None:
    async with edge(mount) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begun = time.monotonic()
        async with asyncio.timeout(SECONDS):
            assert await reader.read() == b""
        assert time.monotonic() - begun >= IDLE_SECONDS * 0.9
        writer.close()


async def test_the_health_check_of_the_image_asks_in_tls_where_the_edge_was_told_so(
    mount: Mount,
) -> None:
    async with edge(mount) as port:
        address, told = f"127.0.0.1:{port}", mount.public
        await asyncio.to_thread(ask, role_named("edge"), address, environment=told)
        with pytest.raises(NotServingError, match="http://"):
            await asyncio.to_thread(ask, role_named("edge"), address)
