"""Failures as exceptions: what passes is tried again, what does not is raised and says why."""

import asyncio
from datetime import timedelta

import grpc
import pytest
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from tests.client.scripted_mesh import batch, chain, client, scripted_mesh

from deltastream.client.errors import (
    CallError,
    InvalidRequestError,
    NotOfferedError,
    PermissionDeniedError,
    UnauthenticatedError,
    error_of,
)
from deltastream.storage.v1.storage_service_pb2 import ListTicksRequest

SECONDS = 20.0
MESSAGE = "as the test wants it"


def status(code: grpc.StatusCode, *details: Message, message: str = MESSAGE) -> bytes:
    made = status_pb2.Status(code=code.value[0], message=message)
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        made.details.append(packed)
    return bytes(made.SerializeToString())


def info(reason: str, **metadata: str) -> Message:
    made: Message = error_details_pb2.ErrorInfo(
        reason=reason, domain="deltastream.dev", metadata=metadata
    )
    return made


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, InvalidRequestError),
        (grpc.StatusCode.UNAUTHENTICATED, UnauthenticatedError),
        (grpc.StatusCode.PERMISSION_DENIED, PermissionDeniedError),
        (grpc.StatusCode.UNIMPLEMENTED, NotOfferedError),
    ],
)
async def test_what_does_not_pass_is_raised_with_its_reason(
    code: grpc.StatusCode, kind: type[CallError]
) -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(anext(mesh.chains()))
        (await server.call()).fail(code, status(code, info("ROLE_INSUFFICIENT", required="ADMIN")))
        async with asyncio.timeout(SECONDS):
            with pytest.raises(kind, match=MESSAGE) as caught:
                await reading
    assert (caught.value.code, caught.value.reason) == (code, "ROLE_INSUFFICIENT")
    assert caught.value.metadata == {"required": "ADMIN"}
    assert server.enrichment.chains.count == 1


async def test_a_failure_in_mid_stream_that_does_not_pass_is_raised_as_well() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains()
        reading = asyncio.create_task(anext(stream))
        call = await server.opened()
        call.send(batch(chain(1), after="t1"))
        await reading
        call.fail(grpc.StatusCode.PERMISSION_DENIED)
        async with asyncio.timeout(SECONDS):
            with pytest.raises(PermissionDeniedError):
                await anext(stream)


@pytest.mark.parametrize(
    "details",
    [b"", b"\xff\xff", status(grpc.StatusCode.ABORTED), status(grpc.StatusCode.INTERNAL)],
    ids=["none", "garbage", "contradicting", "empty"],
)
async def test_a_failure_without_readable_details_has_no_reason(details: bytes) -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(mesh.chains().open())
        (await server.call()).fail(grpc.StatusCode.INTERNAL, details)
        with pytest.raises(CallError) as caught:
            await reading
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.INTERNAL, "")


async def test_the_server_says_how_long_to_stay_away() -> None:
    retry = error_details_pb2.RetryInfo()
    retry.retry_delay.FromTimedelta(timedelta(milliseconds=400))
    code = grpc.StatusCode.RESOURCE_EXHAUSTED
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(anext(mesh.chains()))
        call = await server.call()
        began = asyncio.get_running_loop().time()
        call.fail(code, status(code, info("OVERLOADED"), retry))
        (await server.opened()).send(batch(chain(1), after="t1"))
        await reading
        assert asyncio.get_running_loop().time() - began >= 0.4


async def test_a_failed_call_of_a_stub_can_be_read_likewise() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await mesh.storage.ListTicks(ListTicksRequest(product="NIFTY"))
    assert isinstance(error_of(caught.value), NotOfferedError)


async def test_a_list_of_products_is_refused_with_what_to_write_instead() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        with pytest.raises(TypeError, match="one by one"):
            mesh.chains(["NIFTY", "SPY"])  # type: ignore[arg-type]
