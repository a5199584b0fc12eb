"""Every service of the contract and the probe, all of whose methods answer as they were told."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.rpc import status_pb2

from deltastream.runtime.errors import STATUS_DETAILS_KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a call fails.

    Attributes:
        code: gRPC's code.
        message: for people.
        details: what the status carries; it is sent if there are any.
    """

    code: grpc.StatusCode
    message: str = "no"
    details: tuple[Message, ...] = ()


@dataclass(slots=True)
class Script:
    """What the services answer until told otherwise, and what they were asked.

    Attributes:
        frames: the answer of a unary method, which is the first, or a stream's frames.
        failure: what ends a call after that, or None.
        asked: the requests since they were last taken.
    """

    frames: Sequence[Message] = ()
    failure: Failure | None = None
    asked: list[Message] = field(default_factory=list)

    def answer(self, *frames: Message, failure: Failure | None = None) -> None:
        """Set what calls are answered with from now on."""
        self.frames, self.failure = frames, failure

    def take_asked(self) -> tuple[Message, ...]:
        """Return what was asked since the last time."""
        asked = tuple(self.asked)
        self.asked.clear()
        return asked


@asynccontextmanager
async def scripted_services(
    services: Iterable[ServiceDescriptor], script: Script
) -> AsyncIterator[int]:
    """Serve on a free port inside the block, and yield the port."""
    server = grpc.aio.server()
    for service in services:
        handlers = {method.name: _handler_of(method, script) for method in service.methods}
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service.full_name, handlers),)
        )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield port
    finally:
        await server.stop(None)


def _handler_of(method: MethodDescriptor, script: Script) -> "grpc.RpcMethodHandler[Any, Any]":
    request_type = message_factory.GetMessageClass(method.input_type)
    answer_type = message_factory.GetMessageClass(method.output_type)

    async def unary(request: Message, context: Any) -> Message:
        script.asked.append(request)
        if script.failure is not None:
            await _abort(context, script.failure)
        # A test that is about something else does not say what the answer is.
        return script.frames[0] if script.frames else answer_type()

    async def stream(request: Message, context: Any) -> AsyncIterator[Message]:
        script.asked.append(request)
        for frame in script.frames:
            yield frame
        if script.failure is not None:
            await _abort(context, script.failure)

    make = (
        grpc.unary_stream_rpc_method_handler
        if method.server_streaming
        else grpc.unary_unary_rpc_method_handler
    )
    return make(
        stream if method.server_streaming else unary,
        request_deserializer=request_type.FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )


async def _abort(context: Any, failure: Failure) -> NoReturn:
    metadata = ((STATUS_DETAILS_KEY, status_of(failure).SerializeToString()),)
    await context.abort(
        failure.code, failure.message, trailing_metadata=metadata if failure.details else ()
    )
    raise AssertionError


def status_of(failure: Failure) -> status_pb2.Status:
    """Return the status that a failure sends."""
    status = status_pb2.Status(code=failure.code.value[0], message=failure.message)
    for detail in failure.details:
        status.details.append(detail if isinstance(detail, any_pb2.Any) else _packed(detail))
    return status


def _packed(detail: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed
