"""A server that ends does not cut off what its clients sent before they heard of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import grpc
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import LoopbackSettings

from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.health import Health
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.server import serving
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

SERVICE = "deltastream.storage.v1.StorageService"
QUIET = 1.5
LONG = 20.0
CALLERS = 8
SUCCESSORS = 5


class Store(StorageServiceServicer):
    def __init__(self) -> None:
        self.calls = 0

    async def ListProducts(
        self, request: pb.ListProductsRequest, context: Context
    ) -> pb.ListProductsResponse:
        self.calls += 1
        return pb.ListProductsResponse(products=["NIFTY"])


@asynccontextmanager
async def storage(listen: str, store: Store) -> AsyncIterator[int]:
    health = Health(services=(SERVICE,), probes={})
    async with (
        running(health.watch()),
        serving(
            listen=listen,
            services=(SERVICE,),
            add_servicers=lambda server: add_StorageServiceServicer_to_server(store, server),
            health=health,
            settings=LoopbackSettings(share_port=True),
        ) as port,
    ):
        yield port


async def ask_without_pause(stub: StorageServiceStub, outcomes: Counter[str]) -> None:
    while True:
        try:
            await stub.ListProducts(pb.ListProductsRequest(), timeout=LONG)
            outcomes["OK"] += 1
        except grpc.aio.AioRpcError as error:
            outcomes[f"{error.code().name} {error.details()}"] += 1


async def test_a_server_leaves_its_callers_to_its_successor_without_a_failed_call() -> None:
    outcomes: Counter[str] = Counter()

    async def answered() -> int:
        return store.calls

    store = Store()
    async with AsyncExitStack() as servers, asyncio.timeout(60):
        port = await servers.enter_async_context(storage("127.0.0.1:0", store))
        async with open_channel(f"127.0.0.1:{port}", service="storage") as channel:
            stub = StorageServiceStub(channel)
            async with running(*(ask_without_pause(stub, outcomes) for _ in range(CALLERS))):
                for _ in range(SUCCESSORS):
                    await eventually(answered, (20).__le__)
                    predecessor = servers.pop_all()
                    store = Store()
                    await servers.enter_async_context(storage(f"127.0.0.1:{port}", store))
                    await predecessor.aclose()
                await eventually(answered, (20).__le__)
    assert set(outcomes) == {"OK"}


def concurrency() -> Concurrency:
    return Concurrency(calls=Limit(1, of="calls"), streams=Limit(1, of="streams"))


async def test_it_is_quiet_when_nobody_has_asked_for_a_while() -> None:
    loop = asyncio.get_running_loop()
    asked = concurrency()
    quiet = asyncio.create_task(asked.until_quiet(quiet=QUIET, at_most=LONG))
    last = loop.time()
    for limit in (asked.calls, asked.streams, asked.calls, asked.calls):
        await asyncio.sleep(QUIET / 8)
        assert not quiet.done()
        # One that is refused has asked too.
        limit.admit()
        last = loop.time()
    async with asyncio.timeout(LONG / 2):
        await quiet
    assert loop.time() - last >= QUIET * 0.9


async def test_it_has_to_be_quiet_from_now_on_whatever_was_before() -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await concurrency().until_quiet(quiet=QUIET, at_most=LONG)
    assert QUIET * 0.9 <= loop.time() - begun < LONG / 2


async def test_it_does_not_wait_longer_than_it_may() -> None:
    asked = concurrency()

    async def ask() -> None:
        while True:
            asked.calls.admit()
            await asyncio.sleep(QUIET / 10)

    async with running(ask()), asyncio.timeout(LONG):
        await asked.until_quiet(quiet=QUIET, at_most=5 * QUIET)
