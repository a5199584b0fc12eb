"""HTTP requests beyond what the edge takes on are refused at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from tests.edge.transcoder_mesh import json_of
from tests.fixtures.eventually import eventually
from tests.passthrough.public_mesh import PublicMesh, public_mesh
from tests.passthrough.recording import hang

from deltastream.edge.contract import SERVICES, role_of
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.transcoder.routes import add_routes
from deltastream.runtime.concurrency import Concurrency, Limit

CALLS, STREAMS = 3, 2
UNARY, STREAM = "/api/feed/status", "/api/stream/chains"

Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def edge(mesh: PublicMesh, concurrency: Concurrency) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[error_middleware])
    channels = {service.full_name: mesh.direct[role_of(service)] for service in SERVICES}
    add_routes(app, channels=channels, concurrency=concurrency)
    async with TestClient(TestServer(app, handler_cancellation=True)) as client:
        yield client


async def until_admitted(limit: Limit, count: int) -> None:
    async def admitted() -> int:
        return limit.admitted

    await eventually(admitted, count.__eq__)


async def refused(response: ClientResponse) -> None:
    assert response.status == 429
    assert response.headers["Retry-After"] == "1"
    body: Any = await json_of(response)
    assert body["details"][0]["reason"] == "OVERLOADED"


@pytest.mark.parametrize(("path", "most"), [(UNARY, CALLS), (STREAM, STREAMS)])
async def test_one_request_too_many_is_refused_and_there_is_room_again(
    path: str, most: int
) -> None:
    concurrency = Concurrency(calls=Limit(CALLS, of="calls"), streams=Limit(STREAMS, of="streams"))
    limit = concurrency.calls if path == UNARY else concurrency.streams
    async with public_mesh() as mesh, edge(mesh, concurrency) as client:
        mesh.script(hang)
        waiting = [asyncio.create_task(client.get(path)) for _ in range(most)]
        await until_admitted(limit, most)
        async with asyncio.timeout(10):
            await refused(await client.get(path))
        for request in waiting:
            request.cancel()
        await until_admitted(limit, 0)
