"""A storage that takes calls and never answers."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest

from deltastream.analytics.history import StorageHistory
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.runtime.deadline import set_deadline
from deltastream.runtime.errors import DeadlineExceededError
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

SOON, LATE = 0.3, 30.0


class Silent(StorageServiceServicer):
    async def ListProducts(self, request: object, context: object) -> pb.ListProductsResponse:
        await asyncio.Event().wait()
        return pb.ListProductsResponse()


@pytest.fixture
async def storage() -> AsyncIterator[StorageServiceStub]:
    server = grpc.aio.server()
    add_StorageServiceServicer_to_server(Silent(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield StorageServiceStub(channel)
    await server.stop(None)


async def test_it_is_away_while_the_caller_has_time_left(storage: StorageServiceStub) -> None:
    set_deadline(LATE)
    with pytest.raises(DependencyUnavailableError, match="storage"):
        await StorageHistory(storage, seconds=SOON).product("NIFTY")


async def test_the_callers_time_is_over_when_it_is(storage: StorageServiceStub) -> None:
    set_deadline(SOON)
    with pytest.raises(DeadlineExceededError):
        await StorageHistory(storage, seconds=LATE).product("NIFTY")
