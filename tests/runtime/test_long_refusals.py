"""A refusal reaches its caller however much there is to say: gRPC's clients take little."""

from base64 import b64encode

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc import StatusCode
from tests.fixtures.grpc_loopback import details_of, loopback, reason_of

from deltastream.domain.errors import ProductNotFoundError
from deltastream.enrichment.v1.enrichment_service_pb2 import StreamTicksRequest
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.errors import ValidationFailedError, failure_of
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

ENRICHMENT = "deltastream.enrichment.v1.EnrichmentService"
STORAGE = "deltastream.storage.v1.StorageService"
# Of all headers together, at which a client of gRPC begins to refuse them.
MOST_BYTES = 8192


class Storage(StorageServiceServicer):
    """Knows hundreds of products, and not the one that is asked for."""

    async def ListExpiries(
        self, request: pb.ListExpiriesRequest, context: object
    ) -> pb.ListExpiriesResponse:
        known = [f"{number:032d}" for number in range(300)]
        raise ProductNotFoundError(request.product, known)


@pytest.mark.parametrize("count", [1, 30, 200])
async def test_each_rule_that_is_broken_is_counted_and_the_first_are_named(count: int) -> None:
    products = [f"wrong {number}" for number in range(count)]
    servicer = EnrichmentServiceServicer()
    async with loopback(
        lambda server: add_EnrichmentServiceServicer_to_server(servicer, server),
        service=ENRICHMENT,
    ) as channel:
        call = EnrichmentServiceStub(channel).StreamTicks(StreamTicksRequest(products=products))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
    error = caught.value
    assert (error.code(), reason_of(error)) == (StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    info, bad = details_of(error)
    assert isinstance(info, error_details_pb2.ErrorInfo)
    assert isinstance(bad, error_details_pb2.BadRequest)
    assert info.metadata["violations"] == str(count)
    named = [violation.field for violation in bad.field_violations]
    assert named == [f"products[{number}]" for number in range(len(named))]
    left = count - len(named)
    assert (error.details() or "").endswith(f"; and {left} more") is (left > 0)
    assert len(named) == count or len(named) > 10


async def test_some_of_very_many_products_are_named() -> None:
    async with loopback(
        lambda server: add_StorageServiceServicer_to_server(Storage(), server), service=STORAGE
    ) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await StorageServiceStub(channel).ListExpiries(pb.ListExpiriesRequest(product="NIFTI"))
    assert caught.value.code() is StatusCode.NOT_FOUND
    assert reason_of(caught.value) == "PRODUCT_NOT_FOUND"
    assert (caught.value.details() or "").endswith(f"{39:032d}, …")


def test_it_says_the_same_when_another_role_passes_it_on() -> None:
    error = ProductNotFoundError("NIFTI", (f"P{number:03d}" for number in range(300)))
    passed_on = ProductNotFoundError("NIFTI", error.metadata["known"].split(", "))
    assert str(passed_on) == str(error)


@pytest.mark.parametrize("letter", ["x", "é", "日", "\U0001f4c8"])
@pytest.mark.parametrize("length", [1, 10, 60, 500])
def test_whatever_is_wrong_fits_into_the_headers(letter: str, length: int) -> None:
    violations = [(f"chains[{number}].spot_price", letter * length) for number in range(200)]
    failure = failure_of(ValidationFailedError(violations))
    # RFC 3986 and gRPC's own protocol: what is no printable ASCII is written as %XX.
    message = sum(1 if 0x20 <= byte <= 0x7E else 3 for byte in failure.message.encode())
    assert message + len(b64encode(failure.details)) < MOST_BYTES - 500
