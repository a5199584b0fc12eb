"""Calls of all four kinds pass, those included that no contract has yet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor
from tests.passthrough.recording import plain_channel

from deltastream.access.v1 import access_pb2
from deltastream.edge.passthrough.drain import Drain
from deltastream.edge.passthrough.handlers import PassThrough
from deltastream.edge.passthrough.methods import methods_by_path
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.errors import STATUS_DETAILS_KEY

FILE, PACKAGE = "tests/kinds.proto", "deltastream.kinds.v1"
KINDS = {"OneOne": (0, 0), "OneMany": (0, 1), "ManyOne": (1, 0), "ManyMany": (1, 1)}
SENT = [b"first", b"", bytes(range(256)) * 50]


def service_of_every_kind() -> ServiceDescriptor:
    """Return the descriptor of a service with a method of each kind, open to everyone."""
    pool = descriptor_pool.Default()
    try:
        return pool.FindServiceByName(f"{PACKAGE}.KindsService")
    except KeyError:
        pool.AddSerializedFile(_file().SerializeToString())
        return pool.FindServiceByName(f"{PACKAGE}.KindsService")


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name=FILE, package=PACKAGE, syntax="proto3")
    file.dependency.append(access_pb2.DESCRIPTOR.name)
    file.message_type.add(name="Anything")
    service = file.service.add(name="KindsService")
    for name, (many_in, many_out) in KINDS.items():
        method = service.method.add(name=name, client_streaming=many_in, server_streaming=many_out)
        method.input_type = method.output_type = f".{PACKAGE}.Anything"
        method.options.Extensions[access_pb2.rule].role = access_pb2.ROLE_PUBLIC
    return file


async def one_one(request: bytes, _: Any) -> bytes:
    return b"heard " + request


async def one_many(request: bytes, context: Any) -> None:
    for number in range(3):
        await context.write(b"%d of %s" % (number, request))


async def many_one(requests: Any, context: Any) -> bytes:
    context.set_trailing_metadata((("x-heard", "all"),))
    return b"|".join([request async for request in requests])


async def many_many(requests: Any, context: Any) -> None:
    async for request in requests:
        await context.write(b"heard " + request)
    await context.abort(
        grpc.StatusCode.DATA_LOSS, "enough", trailing_metadata=((STATUS_DETAILS_KEY, b"why"),)
    )


@asynccontextmanager
async def serving_bytes(*handlers: grpc.GenericRpcHandler) -> AsyncIterator[grpc.aio.Channel]:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(handlers)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with plain_channel(f"127.0.0.1:{port}") as channel:
            yield channel
    finally:
        await server.stop(None)


@pytest.fixture
async def public() -> AsyncIterator[grpc.aio.Channel]:
    handlers: dict[str, Any] = {
        "OneOne": grpc.unary_unary_rpc_method_handler(one_one),
        "OneMany": grpc.unary_stream_rpc_method_handler(one_many),
        "ManyOne": grpc.stream_unary_rpc_method_handler(many_one),
        "ManyMany": grpc.stream_stream_rpc_method_handler(many_many),
    }
    service = service_of_every_kind()
    owner = grpc.method_handlers_generic_handler(service.full_name, handlers)
    async with serving_bytes(owner) as channel:
        edge = PassThrough(
            methods_by_path([service]), lambda _: channel, concurrency=any_number(), drain=Drain()
        )
        async with serving_bytes(edge) as public:
            yield public


def any_number() -> Concurrency:
    return Concurrency(calls=Limit(10, of="calls"), streams=Limit(10, of="streams"))


def path(name: str) -> str:
    return f"/{PACKAGE}.KindsService/{name}"


async def test_one_request_one_response(public: Any) -> None:
    assert await public.unary_unary(path("OneOne"))(b"it", timeout=5) == b"heard it"


async def test_one_request_many_responses(public: Any) -> None:
    call = public.unary_stream(path("OneMany"))(b"it", timeout=5)
    assert [message async for message in call] == [b"0 of it", b"1 of it", b"2 of it"]


async def test_many_requests_one_response(public: Any) -> None:
    call = public.stream_unary(path("ManyOne"))(iter(SENT), timeout=5)
    assert await call == b"|".join(SENT)
    assert tuple(await call.trailing_metadata()) == (("x-heard", "all"),)


async def test_many_requests_many_responses_each_before_the_next(public: Any) -> None:
    call = public.stream_stream(path("ManyMany"))(timeout=5)
    for message in SENT:
        await call.write(message)
        assert await call.read() == b"heard " + message
    await call.done_writing()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() is grpc.StatusCode.DATA_LOSS
    assert caught.value.details() == "enough"
    assert tuple(caught.value.trailing_metadata() or ()) == ((STATUS_DETAILS_KEY, b"why"),)
