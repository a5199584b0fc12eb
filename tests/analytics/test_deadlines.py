"""Nobody is asked for longer than somebody waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.analytics.analytics_mesh import analytics_role
from tests.analytics.hand_clock import HandClock
from tests.fixtures.grpc_loopback import loopback

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from deltastream.runtime.interceptors.base import Context
from deltastream.storage.v1 import storage_service_pb2
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)


class SilentStorage(StorageServiceServicer):
    """Notes how long it may take, and takes for ever."""

    def __init__(self) -> None:
        self.seconds_left = 0.0
        self.asked = asyncio.Event()
        self.left_alone = asyncio.Event()

    async def ListChains(
        self, request: storage_service_pb2.ListChainsRequest, context: Context
    ) -> storage_service_pb2.ListChainsResponse:
        self.seconds_left = context.time_remaining()
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left_alone.set()
        return storage_service_pb2.ListChainsResponse()


@asynccontextmanager
async def analytics_before(storage: SilentStorage) -> AsyncIterator[AnalyticsServiceStub]:
    async with (
        loopback(
            lambda server: add_StorageServiceServicer_to_server(storage, server),
            service="deltastream.storage.v1.StorageService",
        ) as channel,
        analytics_role(channel, HandClock()) as analytics,
        asyncio.timeout(10.0),
    ):
        yield AnalyticsServiceStub(analytics)


async def test_storage_is_given_no_longer_than_the_caller_gives() -> None:
    storage = SilentStorage()
    async with analytics_before(storage) as analytics:
        request = pb.GetMaxPainRequest(product="NIFTY")
        call = analytics.GetMaxPain(request, timeout=2.0)
        await storage.asked.wait()
        # What goes over the wire is a time span, and each side has a clock of its own.
        assert storage.seconds_left == pytest.approx(2.0, abs=0.5)
        call.cancel()
        await storage.left_alone.wait()


async def test_a_shared_computation_has_its_own_time_and_ends_with_its_last_caller() -> None:
    storage = SilentStorage()
    async with analytics_before(storage) as analytics:
        request = pb.GetVolatilitySurfaceRequest(product="NIFTY")
        impatient = analytics.GetVolatilitySurface(request, timeout=2.0)
        await storage.asked.wait()
        assert storage.seconds_left > 2.5
        impatient.cancel()
        await storage.left_alone.wait()
