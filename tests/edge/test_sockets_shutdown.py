"""How the gateway ends: soon, completely, and so that clients come back."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import socketio
from tests.edge.raw_socket import raw_socket
from tests.edge.sockets_mesh import DEADLINE, listening, running_mesh, tick, ticks
from tests.fixtures.eventually import eventually

from deltastream.edge.sockets.limits import SocketLimits

TRANSPORTS = pytest.mark.parametrize("transport", ["websocket", "polling", "polling,websocket"])


@TRANSPORTS
async def test_no_task_and_no_stream_is_left_after_shutdown(transport: str) -> None:
    before = asyncio.all_tasks()
    client: Any = socketio.AsyncClient(reconnection=False)
    async with AsyncExitStack() as stack:
        mesh = await stack.enter_async_context(running_mesh())
        await client.connect(mesh.url, transports=transport.split(","))
        streams = await mesh.streams()
        async with asyncio.timeout(DEADLINE):
            await stack.aclose()
    async with asyncio.timeout(DEADLINE):
        for stream in streams:
            await stream.ended.wait()
        await client.wait()
        await client.disconnect()
    # The gRPC server of the test is still putting its calls away.
    if left := asyncio.all_tasks() - before:
        _, left = await asyncio.wait(left, timeout=DEADLINE)
    assert left == set()


async def test_a_stalled_client_does_not_hold_up_the_shutdown() -> None:
    limits = SocketLimits(close_seconds=0.2)
    async with AsyncExitStack() as client, AsyncExitStack() as server:
        mesh = await server.enter_async_context(running_mesh(limits=limits))
        stalled = await client.enter_async_context(raw_socket(mesh.url))
        await stalled.connect()
        stream, _ = await mesh.streams()
        # More than the kernel takes for a client that does not read.
        many = [tick(f"P{number}{'X' * 4096}", 1.0, sequence=1) for number in range(1000)]
        stream.send(ticks(*many))
        (session,) = mesh.gateway._server._server.eio.sockets.values()

        async def waiting() -> int:
            return len(session.queue)

        await eventually(waiting, lambda packets: packets > 100)
        async with asyncio.timeout(DEADLINE):
            await server.aclose()


@TRANSPORTS
async def test_clients_come_back_to_the_next_gateway_and_subscribe_again(transport: str) -> None:
    client: Any = socketio.AsyncClient(reconnection_delay=0.05, randomization_factor=0)
    events: asyncio.Queue[str] = asyncio.Queue()
    client.on("*", lambda event, *_: events.put_nowait(event))
    async with asyncio.timeout(DEADLINE):
        async with running_mesh() as first:
            await client.connect(first.url, transports=transport.split(","))
            assert await events.get() == "connected"
        port = urlsplit(first.url).port
        assert port is not None
        async with running_mesh(port=port):
            assert await events.get() == "connected"
            ack = await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
            assert ack["ok"]
            await client.disconnect()


async def test_after_the_gateway_has_ended_requests_are_sent_elsewhere() -> None:
    async with running_mesh() as mesh, aiohttp.ClientSession() as session:
        await mesh.gateway._server.close()
        url = f"{mesh.url}/socket.io/?EIO=4&transport=polling"
        async with session.get(url) as response:
            assert response.status == 503
            assert response.headers["Retry-After"] == "1"


async def test_a_fault_of_a_stream_ends_the_gateway_instead_of_going_unseen() -> None:
    async def broken(_: object) -> None:
        raise ZeroDivisionError

    async def break_stream() -> None:
        async with running_mesh() as mesh:
            mesh.gateway._streams[0]._receive = broken
            async with listening(mesh):
                stream, _ = await mesh.streams()
                stream.send(ticks(tick("NIFTY", 1.0, sequence=1)))
                async with asyncio.timeout(DEADLINE):
                    await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as raised:
        await break_stream()
    assert raised.value.subgroup(ZeroDivisionError) is not None
