"""Bytes that are no message of the contract: the caller's mistake, and said after who calls."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from tests.fixtures.grpc_loopback import loopback, refusal

from deltastream.access.v1 import access_pb2
from deltastream.domain.errors import CredentialsMissingError
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    StreamTicksRequest,
    StreamTicksResponse,
)
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.interceptors.access import allow_everyone
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.interceptors.validation import validates_itself
from deltastream.storage.v1 import storage_service_pb2 as storage
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)

MALFORMED = (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST")
METHODS = {
    "unary": "/deltastream.storage.v1.StorageService/ListProducts",
    "validating itself": "/deltastream.storage.v1.StorageService/PutTicks",
    "streaming": "/deltastream.enrichment.v1.EnrichmentService/StreamTicks",
}
BYTES = [b"\x00", b"\x0a\xff", b"\xff" * 12]
NO_UTF8 = b"\x0a\x02\xc3\x28"


class Storage(StorageServiceServicer):
    async def ListProducts(
        self, request: storage.ListProductsRequest, context: Context
    ) -> storage.ListProductsResponse:
        return storage.ListProductsResponse()

    @validates_itself
    async def PutTicks(
        self, request: storage.PutTicksRequest, context: Context
    ) -> storage.PutTicksResponse:
        return storage.PutTicksResponse(stored=len(request.ticks))


class Enrichment(EnrichmentServiceServicer):
    async def StreamTicks(
        self, request: StreamTicksRequest, context: Context
    ) -> AsyncIterator[StreamTicksResponse]:
        yield StreamTicksResponse(sequence=1)


def add(server: grpc.aio.Server) -> None:
    add_StorageServiceServicer_to_server(Storage(), server)
    add_EnrichmentServiceServicer_to_server(Enrichment(), server)


def call(channel: grpc.aio.Channel, kind: str, request: bytes) -> Any:
    if kind == "streaming":
        stream: Any = channel.unary_stream(METHODS[kind])
        return stream(request, timeout=5.0).read()
    unary: Any = channel.unary_unary(METHODS[kind])
    return unary(request, timeout=5.0)


@pytest.mark.parametrize("request_bytes", BYTES)
@pytest.mark.parametrize("kind", METHODS)
async def test_what_is_no_message_is_refused_as_that(
    kind: str, request_bytes: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    async with loopback(add, service="x", policy=allow_everyone) as channel:
        await call(channel, kind, b"")
        assert await refusal(call(channel, kind, request_bytes)) == MALFORMED
    assert "Traceback" not in "".join(capfd.readouterr())


async def test_a_text_that_is_no_utf8_is_no_text() -> None:
    async with loopback(add, service="x", policy=allow_everyone) as channel:
        assert await refusal(call(channel, "streaming", NO_UTF8)) == MALFORMED


@pytest.mark.parametrize("kind", METHODS)
async def test_who_may_not_call_is_told_that_first(kind: str) -> None:
    async def refuse(role: "access_pb2.Role.ValueType", context: Context) -> None:
        raise CredentialsMissingError

    async with loopback(add, service="x", policy=refuse) as channel:
        missing = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_MISSING")
        assert await refusal(call(channel, kind, b"\x00")) == missing
