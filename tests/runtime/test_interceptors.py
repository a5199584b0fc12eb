"""What every gRPC server of the mesh does around a call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2
from tests.fixtures.grpc_loopback import details_of, loopback, reason_of

from deltastream.access.v1 import access_pb2
from deltastream.domain.errors import (
    CredentialsMissingError,
    DependencyUnavailableError,
    ProductNotFoundError,
)
from deltastream.runtime.errors import RoleInsufficientError
from deltastream.runtime.interceptors.access import AccessInterceptor
from deltastream.runtime.interceptors.base import Context
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

SERVICE = "deltastream.storage.v1.StorageService"


class Misbehaving(StorageServiceServicer):
    """Fails in one way per method."""

    async def ListExpiries(
        self, request: pb.ListExpiriesRequest, context: Context
    ) -> pb.ListExpiriesResponse:
        raise ProductNotFoundError(request.product, ["SPY", "NIFTY"])

    async def ListProducts(
        self, request: pb.ListProductsRequest, context: Context
    ) -> pb.ListProductsResponse:
        raise RuntimeError("a secret inside")

    async def ListTicks(
        self, request: pb.ListTicksRequest, context: Context
    ) -> pb.ListTicksResponse:
        raise DependencyUnavailableError("store")

    async def ListQuotes(
        self, request: pb.ListQuotesRequest, context: Context
    ) -> pb.ListQuotesResponse:
        await asyncio.Event().wait()
        return pb.ListQuotesResponse()

    async def ListChains(
        self, request: pb.ListChainsRequest, context: Context
    ) -> pb.ListChainsResponse:
        raise TimeoutError

    async def PutTicks(self, request: pb.PutTicksRequest, context: Context) -> pb.PutTicksResponse:
        return pb.PutTicksResponse(stored=len(request.ticks))


def serve() -> AbstractAsyncContextManager[grpc.aio.Channel]:
    return loopback(
        lambda server: add_StorageServiceServicer_to_server(Misbehaving(), server),
        service=SERVICE,
    )


@pytest.fixture
async def storage() -> AsyncIterator[StorageServiceStub]:
    async with serve() as channel:
        yield StorageServiceStub(channel)


async def test_a_domain_error_becomes_its_status_with_its_facts(
    storage: StorageServiceStub,
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.ListExpiries(pb.ListExpiriesRequest(product="NIFTI"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert reason_of(caught.value) == "PRODUCT_NOT_FOUND"
    (info,) = details_of(caught.value)
    assert isinstance(info, error_details_pb2.ErrorInfo)
    assert dict(info.metadata) == {"product": "NIFTI", "known": "NIFTY, SPY"}


async def test_a_request_that_breaks_the_contract_names_each_field(
    storage: StorageServiceStub,
) -> None:
    request = pb.ListTicksRequest(product="nifty", page_size=-1)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.ListTicks(request)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(caught.value) == "VALIDATION_FAILED"
    (bad,) = [d for d in details_of(caught.value) if isinstance(d, error_details_pb2.BadRequest)]
    assert [violation.field for violation in bad.field_violations] == ["product", "page_size"]


async def test_a_violation_deep_in_a_list_is_named_by_its_path(storage: StorageServiceStub) -> None:
    request = pb.PutTicksRequest()
    for price in (1.0, -1.0):
        tick = request.ticks.add(product="NIFTY", price=price, sequence=1)
        tick.timestamp.GetCurrentTime()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.PutTicks(request)
    (bad,) = [d for d in details_of(caught.value) if isinstance(d, error_details_pb2.BadRequest)]
    assert [violation.field for violation in bad.field_violations] == ["ticks[1].price"]


async def test_an_unexpected_fault_is_internal_and_reveals_nothing(
    storage: StorageServiceStub,
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.ListProducts(pb.ListProductsRequest())
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert reason_of(caught.value) == "INTERNAL"
    assert "secret" not in str(caught.value)


async def test_a_missing_dependency_says_when_to_try_again(storage: StorageServiceStub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.ListTicks(pb.ListTicksRequest(product="NIFTY"))
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    (retry,) = [d for d in details_of(caught.value) if isinstance(d, error_details_pb2.RetryInfo)]
    assert retry.retry_delay.seconds == 1


async def test_a_method_that_the_servicer_lacks_is_unimplemented_with_a_reason(
    storage: StorageServiceStub,
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.ListCandles(pb.ListCandlesRequest(product="NIFTY"))
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert reason_of(caught.value) == "NOT_IMPLEMENTED"


async def test_a_call_ends_at_its_callers_deadline(storage: StorageServiceStub) -> None:
    request = pb.ListQuotesRequest(symbol="NIFTY-20260127-24500-CE")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.ListQuotes(request, timeout=0.2)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_time_that_the_method_did_not_keep_itself_is_not_the_callers_deadline(
    storage: StorageServiceStub,
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.ListChains(pb.ListChainsRequest(product="NIFTY"), timeout=60)
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert reason_of(caught.value) == "INTERNAL"


async def test_the_policy_is_asked_for_the_role_that_the_contract_states() -> None:
    asked: list[int] = []

    async def refuse(role: "access_pb2.Role.ValueType", context: Context) -> None:
        asked.append(role)
        raise CredentialsMissingError

    async with loopback(
        lambda server: add_StorageServiceServicer_to_server(Misbehaving(), server),
        service=SERVICE,
        policy=refuse,
    ) as channel:
        storage = StorageServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as reading:
            await storage.ListExpiries(pb.ListExpiriesRequest(product="NIFTY"))
        with pytest.raises(grpc.aio.AioRpcError) as writing:
            await storage.PutTicks(pb.PutTicksRequest())
    assert reading.value.code() is writing.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert asked == [access_pb2.ROLE_READER, access_pb2.ROLE_SERVICE]


async def test_a_method_without_a_rule_is_refused_before_any_policy() -> None:
    asked: list[int] = []

    async def note(role: "access_pb2.Role.ValueType", context: Context) -> None:
        asked.append(role)

    context: Any = None
    with pytest.raises(RoleInsufficientError):
        async with AccessInterceptor(note).around(
            "/grpc.health.v1.Health/Check", health_pb2.HealthCheckRequest(), context
        ):
            pass
    assert asked == []
