"""A service that is being restarted is waited for; one that is gone is 503 soon."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.edge.transcoder_mesh import json_of
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import LoopbackSettings

from deltastream.edge.admission import Admission
from deltastream.edge.contract import SERVICES
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.transcoder.routes import add_routes
from deltastream.feed.v1 import feed_service_pb2 as pb
from deltastream.feed.v1.feed_service_pb2_grpc import (
    FeedServiceServicer,
    add_FeedServiceServicer_to_server,
)
from deltastream.runtime.channels import open_channel
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.health import Health
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.patience import until_ready
from deltastream.runtime.server import serving

SERVICE = "deltastream.feed.v1.FeedService"
PATH = "/api/feed/status"
# Far fewer than wait: who waits for a service takes no place.
CONCURRENCY = Concurrency(calls=Limit(5, of="calls"), streams=Limit(5, of="streams"))

Client = TestClient[web.Request, web.Application]


class Feed(FeedServiceServicer):
    """Says what it is."""

    async def GetFeedStatus(
        self, request: pb.GetFeedStatusRequest, context: Context
    ) -> pb.GetFeedStatusResponse:
        return pb.GetFeedStatusResponse(description="a feed")


@asynccontextmanager
async def feed(port: int) -> AsyncIterator[None]:
    def add(server: grpc.aio.Server) -> None:
        add_FeedServiceServicer_to_server(Feed(), server)

    health = Health(services=(SERVICE,), probes={})
    async with serving(
        listen=f"127.0.0.1:{port}",
        services=(SERVICE,),
        add_servicers=add,
        health=health,
        settings=LoopbackSettings(drain_seconds=0.1),
    ):
        await health.announce()
        yield


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        number: int = unused.getsockname()[1]
        return number


@pytest.fixture(params=[CONCURRENCY, None], ids=["so many at once", "any number at once"])
async def client(port: int, request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    async with open_channel(f"127.0.0.1:{port}", service="feed", patient=False) as channel:
        app = web.Application(middlewares=[error_middleware])
        channels = {service.full_name: channel for service in SERVICES}
        add_routes(app, channels=channels, concurrency=request.param)
        async with TestClient(TestServer(app, handler_cancellation=True)) as client:
            yield client


async def test_a_request_made_during_a_restart_is_answered_late(client: Client, port: int) -> None:
    async with feed(port):
        assert (await client.get(PATH)).status == 200
    waiting = asyncio.gather(*(client.get(PATH) for _ in range(50)))
    await asyncio.sleep(1.5)  # the restart
    async with feed(port):
        assert {response.status for response in await waiting} == {200}


async def test_who_waits_for_one_service_keeps_nobody_from_another(port: int) -> None:
    concurrency = Concurrency(
        calls=Limit(1, of="calls"), streams=Limit(1, of="streams"), waiting=Limit(2, of="waiting")
    )

    async def waiting() -> int:
        return concurrency.waiting.admitted

    async with (
        feed(port),
        open_channel(f"127.0.0.1:{port}", service="feed", patient=False) as there,
        open_channel("127.0.0.1:1", service="feed", patient=False) as away,
    ):
        await until_ready(there, seconds=10.0)
        restarting, serving_now = (
            Admission(concurrency, channel, streaming=False) for channel in (away, there)
        )
        tasks = [asyncio.create_task(restarting.enter(seconds=60.0)) for _ in range(2)]
        await eventually(waiting, (2).__eq__)
        assert await serving_now.enter()
        # As many as may be are in, and as many as may wait do.
        assert not await serving_now.enter()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_a_service_that_is_gone_is_503_and_worth_another_try(client: Client) -> None:
    async with asyncio.timeout(4):
        response = await client.get(PATH)
    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    body = await json_of(response)
    assert body["message"] == "feed does not answer; try again shortly"
