"""How long the edge waits for whoever reads an answer slowly, or not at all."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from aiohttp import web
from tests.fixtures.eventually import eventually

from deltastream.edge.limits.connections import ConnectionLimit
from deltastream.edge.limits.protocol import BoundedRunner, ConnectionBounds

KIB: Final = 1024
WRITE_SECONDS: Final = 2.0
DEADLINE: Final = 50.0
REQUEST: Final = b"GET / HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n"
# More than the kernel takes of it by itself.
LARGE: Final = 12 * KIB * KIB
SMALL_BUFFER: Final = 64 * KIB


@asynccontextmanager
async def asked_for(size: int) -> AsyncIterator[tuple[socket.socket, ConnectionLimit]]:
    """Serve an answer of so many bytes to one client, and yield its end once it has begun.

    The limit has room for another as soon as the server has closed it.
    """

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bytes(size))

    app = web.Application()
    app.router.add_get("/", answer)
    limit = ConnectionLimit(most=1)
    bounds = ConnectionBounds(limit=limit, write_seconds=WRITE_SECONDS)
    runner = BoundedRunner(app, bounds=bounds, access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
            client.setblocking(False)  # noqa: FBT003 - the standard library's signature
            loop = asyncio.get_running_loop()
            await loop.sock_connect(client, runner.addresses[0])
            await loop.sock_sendall(client, REQUEST)
            assert await loop.sock_recv(client, 1) == b"H"
            yield client, limit
    finally:
        await runner.cleanup()


async def read(client: socket.socket, *, piece: int, pause: float) -> int:
    """Read up to so much after each pause, until there is no more; return how much it was."""
    loop, total = asyncio.get_running_loop(), 0
    async with asyncio.timeout(DEADLINE):
        try:
            while received := await loop.sock_recv(client, piece):
                total += len(received)
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
    return total


@pytest.mark.parametrize(
    ("size", "piece"),
    [
        pytest.param(LARGE, 128 * KIB, id="steadily"),
        # The kernel takes more at a time from the buffer than this reads in `WRITE_SECONDS`.
        pytest.param(4 * KIB * KIB, 32 * KIB, id="slowly"),
    ],
)
async def test_who_goes_on_reading_is_given_all_however_long_it_takes(
    size: int, piece: int
) -> None:
    async with asked_for(size) as (client, _):
        begun = asyncio.get_running_loop().time()
        assert await read(client, piece=piece, pause=0.05) > size
        assert asyncio.get_running_loop().time() - begun > 2 * WRITE_SECONDS


@pytest.mark.parametrize(("piece", "pause"), [(1, DEADLINE), (KIB, 0.1)], ids=["none", "a trickle"])
async def test_who_reads_next_to_nothing_is_cut_off(piece: int, pause: float) -> None:
    async with asked_for(LARGE) as (client, limit):

        async def cut_off() -> bool:
            return limit.open("another")

        reading = asyncio.create_task(read(client, piece=piece, pause=pause))
        await eventually(cut_off, bool, seconds=DEADLINE)
        limit.close("another")
        reading.cancel()
        # What the kernel holds for the client is all that is left.
        assert await read(client, piece=256 * KIB, pause=0) < LARGE / 2
