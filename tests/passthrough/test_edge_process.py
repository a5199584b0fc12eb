"""The edge as a process: it serves HTTP and gRPC side by side, and leaves in good order."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import grpc
import pytest
from tests.fixtures.grpc_loopback import reason_of
from tests.fixtures.running_mesh import environment
from tests.passthrough.public_mesh import STREAM_CHAINS, PublicMesh, public_mesh
from tests.passthrough.recording import begun, plain_channel

from deltastream.supervisor.ports import free_listeners

START_SECONDS = 30.0
LEAVE_SECONDS = 10.0


@asynccontextmanager
async def edge_process(
    mesh: PublicMesh, folder: Path
) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str]]]:
    """Run the edge before the services of a mesh, and yield it with its listeners."""
    listeners = {name: address for name, address in free_listeners(port=None).items() if address}
    addresses = {f"DELTASTREAM_{role.upper()}_ADDRESS": it for role, it in mesh.addresses.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deltastream.edge"),
        env=environment(DELTASTREAM_EDGE_SOCKETIO_LISTEN="", **listeners, **addresses),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process, listeners
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def first_frame(channel: grpc.aio.Channel) -> Any:
    """Open a stream once the edge is up, and return it after its first frame."""
    async with asyncio.timeout(START_SECONDS):
        await channel.channel_ready()
        stream = begun(channel, STREAM_CHAINS, streaming=True)
        assert await stream.read() == b"first"
    return stream


async def test_it_serves_http_and_grpc_and_ends_its_streams_when_asked_to_leave(
    tmp_path: Path,
) -> None:
    async def one_frame(_: bytes, context: Any) -> None:
        await context.write(b"first")
        await asyncio.Event().wait()

    async with public_mesh() as mesh, edge_process(mesh, tmp_path) as (process, listeners):
        mesh.script(one_frame)
        async with plain_channel(listeners["DELTASTREAM_EDGE_GRPC_LISTEN"]) as channel:
            stream = await first_frame(channel)
            http = f"http://{listeners['DELTASTREAM_EDGE_LISTEN']}/health"
            async with aiohttp.ClientSession() as session, session.get(http) as response:
                assert (await response.json())["status"] == "SERVING"
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(LEAVE_SECONDS):
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await stream.read()
                assert await process.wait() == 0
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert reason_of(caught.value) == "DRAINING"
