"""An edge in a process of its own, in front of services that answer at once."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from benchmarks.processes import line_of, python
from tests.fixtures.free_port import free_port
from tests.fixtures.running_mesh import environment

_READY_SECONDS: Final = 30.0
# As good as none, and counted all the same.
_ANY_NUMBER: Final = str(10**9)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneEdge:
    """An edge that is up.

    Attributes:
        http: its URL.
        pid: of its process.
        services: HOST:PORT of all services.
    """

    http: str
    pid: int
    services: str


@asynccontextmanager
async def lone_edge(
    folder: Path, *, ticks: float = 0.0, chains: float = 0.0
) -> AsyncIterator[LoneEdge]:
    """Run an edge, and services that stream so many ticks and chains a second."""
    async with AsyncExitStack() as stack:
        canned = await stack.enter_async_context(
            python("benchmarks.canned_services", ticks, chains)
        )
        services = (await line_of(canned)).decode().strip()
        port = free_port()
        edge = await stack.enter_async_context(_edge(folder, port, services))
        http = f"http://127.0.0.1:{port}"
        await _until_ready(http)
        yield LoneEdge(http=http, pid=edge.pid, services=services)


@asynccontextmanager
async def _edge(
    folder: Path, port: int, services: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = {
        "EDGE_LISTEN": f"127.0.0.1:{port}",
        "EDGE_SOCKETIO_LISTEN": "",
        "EDGE_GRPC_LISTEN": "127.0.0.1:0",
        "ALLOW_ANONYMOUS": "true",
        "CLIENT_RATE": _ANY_NUMBER,
        "CLIENT_BURST": _ANY_NUMBER,
        "CONNECTIONS_PER_ADDRESS": "0",
        "SOCKETS_PER_ADDRESS": "0",
    } | {f"{role}_ADDRESS": services for role in ("STORAGE", "ANALYTICS", "FEED", "ENRICHMENT")}
    with (folder / "edge.out").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deltastream.edge",
            env=environment(**{f"DELTASTREAM_{name}": text for name, text in settings.items()}),
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            await process.wait()


async def _until_ready(http: str) -> None:
    async with asyncio.timeout(_READY_SECONDS), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{http}/api/data/products") as response:
                    if response.ok:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)
