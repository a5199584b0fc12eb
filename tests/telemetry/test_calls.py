"""What a server measures of its calls: real ones, on loopback."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.fixtures.behaving_storage import CANARY, Behaving
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import loopback
from tests.fixtures.measured import measured

from deltastream.access.v1 import access_pb2
from deltastream.domain.errors import CredentialsInvalidError
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

SERVICE: Final = "deltastream.storage.v1.StorageService"


@pytest.fixture
def behaving() -> Behaving:
    return Behaving()


@pytest.fixture
async def channel(behaving: Behaving) -> AsyncIterator[grpc.aio.Channel]:
    async with loopback(
        lambda server: add_StorageServiceServicer_to_server(behaving, server), service=SERVICE
    ) as opened:
        yield opened


@pytest.fixture
def storage(channel: grpc.aio.Channel) -> StorageServiceStub:
    return StorageServiceStub(channel)


def calls(method: str, code: str) -> float:
    return measured(names.RPC_CALLS, rpc_service=SERVICE, rpc_method=method, code=code)


async def ended(method: str, code: str, *, before: float) -> None:
    """Wait until one more call has ended so: its client knows before the server is done."""

    async def read() -> float:
        return calls(method, code)

    await eventually(read, lambda value: value == before + 1)


async def test_a_call_is_counted_with_its_code_and_timed(storage: StorageServiceStub) -> None:
    before = calls("ListProducts", "OK")
    labels = {"rpc_service": SERVICE, "rpc_method": "ListProducts"}
    timed = measured(names.RPC_DURATION, "_count", **labels)
    await storage.ListProducts(pb.ListProductsRequest())
    await ended("ListProducts", "OK", before=before)
    assert measured(names.RPC_DURATION, "_count", **labels) == timed + 1
    assert measured(names.RPC_IN_PROGRESS, kind="unary") == 0


async def test_a_refused_call_is_counted_with_its_reason(storage: StorageServiceStub) -> None:
    before = calls("ListExpiries", "NOT_FOUND")
    refused = measured(names.RPC_REFUSED, reason="PRODUCT_NOT_FOUND")
    with pytest.raises(grpc.aio.AioRpcError):
        await storage.ListExpiries(pb.ListExpiriesRequest(product=CANARY))
    await ended("ListExpiries", "NOT_FOUND", before=before)
    assert measured(names.RPC_REFUSED, reason="PRODUCT_NOT_FOUND") == refused + 1


async def test_a_fault_of_our_own_is_counted_as_such(storage: StorageServiceStub) -> None:
    before = calls("ListChains", "INTERNAL")
    with pytest.raises(grpc.aio.AioRpcError):
        await storage.ListChains(pb.ListChainsRequest(product="NIFTY"))
    await ended("ListChains", "INTERNAL", before=before)


async def test_a_method_that_a_server_lacks_is_counted_under_its_name(
    storage: StorageServiceStub,
) -> None:
    before = calls("ListCandles", "UNIMPLEMENTED")
    with pytest.raises(grpc.aio.AioRpcError):
        await storage.ListCandles(pb.ListCandlesRequest(product="NIFTY"))
    await ended("ListCandles", "UNIMPLEMENTED", before=before)


async def test_a_call_under_way_is_in_progress_and_one_that_its_client_leaves_is_cancelled(
    storage: StorageServiceStub, behaving: Behaving
) -> None:
    before = calls("ListQuotes", "CANCELLED")
    call = storage.ListQuotes(pb.ListQuotesRequest(symbol="NIFTY-20260127-24500-CE"))
    async with asyncio.timeout(5):
        await behaving.reached.wait()
    assert measured(names.RPC_IN_PROGRESS, kind="unary") == 1
    call.cancel()
    await ended("ListQuotes", "CANCELLED", before=before)
    assert measured(names.RPC_IN_PROGRESS, kind="unary") == 0


async def test_who_may_not_call_is_counted_too() -> None:
    async def nobody(role: "access_pb2.Role.ValueType", context: Context) -> None:
        raise CredentialsInvalidError

    before = calls("ListProducts", "UNAUTHENTICATED")
    async with loopback(
        lambda server: add_StorageServiceServicer_to_server(Behaving(), server),
        service=SERVICE,
        policy=nobody,
    ) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await StorageServiceStub(channel).ListProducts(pb.ListProductsRequest())
        await ended("ListProducts", "UNAUTHENTICATED", before=before)


async def test_health_checks_are_no_calls(channel: grpc.aio.Channel) -> None:
    before = await _everything()
    await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert await _everything() == before


async def test_nothing_that_a_client_sends_gets_into_a_label(channel: grpc.aio.Channel) -> None:
    storage = StorageServiceStub(channel)
    with pytest.raises(grpc.aio.AioRpcError):
        await storage.ListExpiries(
            pb.ListExpiriesRequest(product=CANARY), metadata=(("authorization", CANARY),)
        )
    with pytest.raises(grpc.aio.AioRpcError):
        await _called(channel, f"/{SERVICE}/{CANARY}")
    with pytest.raises(grpc.aio.AioRpcError):
        await _called(channel, f"/deltastream.{CANARY}/Method")
    for labels in await _everything():
        assert CANARY not in str(labels)
        assert "127.0.0.1" not in str(labels)


async def _called(channel: grpc.aio.Channel, path: str) -> None:
    """Call a method by a path of one's own."""
    call: Any = channel.unary_unary(path)
    await call(b"")


async def _everything() -> list[tuple[str, tuple[tuple[str, str], ...], float]]:
    """Return every series of calls, with its labels and its value."""
    return sorted(
        (sample.name, tuple(sorted(sample.labels.items())), sample.value)
        for family in PROCESS.registry.collect()
        if family.name.startswith("deltastream_rpc")
        for sample in family.samples
    )
