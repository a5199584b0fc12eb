"""Services that know no messages: they record what reaches them and answer as they are told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc

Context = Any
Pairs = tuple[tuple[str, str | bytes], ...]
Script = Callable[[Any, Context], Awaitable[bytes | None]]
"""What a service does with a call; a stream writes its responses and returns None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A call that reached the service."""

    path: str
    request: bytes
    metadata: Pairs
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a caller hears of one call, or what a service is to say in it."""

    initial: Pairs = ()
    messages: tuple[bytes, ...] = ()
    code: grpc.StatusCode = grpc.StatusCode.OK
    message: str = ""
    trailing: Pairs = ()


@dataclass(slots=True)
class Recorder(grpc.GenericRpcHandler):
    """Answers any method of its service.

    Attributes:
        service: full name.
        streaming: paths of the methods that answer with streams.
        script: what to do with a call.
        seen: the calls so far.
        cancelled: set when a call was cancelled by its caller.
    """

    service_name: str
    streaming: frozenset[str]
    script: Script
    seen: list[Seen] = field(default_factory=list)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return what handles the called method."""
        path = handler_call_details.method
        if not path.startswith(f"/{self.service_name}/"):
            return None

        async def call(request: bytes, context: Context) -> bytes | None:
            metadata = tuple((key, value) for key, value in context.invocation_metadata())
            self.seen.append(
                Seen(
                    path=path,
                    request=request,
                    metadata=metadata,
                    seconds_left=context.time_remaining(),
                )
            )
            try:
                return await self.script(request, context)
            except asyncio.CancelledError:
                self.cancelled.set()
                raise

        if path in self.streaming:
            return grpc.unary_stream_rpc_method_handler(call)
        return grpc.unary_unary_rpc_method_handler(call)


def saying(said: Said, *, streaming: bool) -> Script:
    """Return a script that says just this, whatever it is asked."""

    async def script(_: Any, context: Context) -> bytes | None:
        if said.initial:
            await context.send_initial_metadata(said.initial)
        if streaming:
            for message in said.messages:
                await context.write(message)
        if said.code is not grpc.StatusCode.OK:
            await context.abort(said.code, said.message, trailing_metadata=said.trailing)
        context.set_trailing_metadata(said.trailing)
        return None if streaming else said.messages[0]

    return script


async def echo(request: bytes, _: Context) -> bytes:
    """Answer with the request."""
    return request


async def hang(_: bytes, context: Context) -> bytes:
    """Answer never."""
    await context.send_initial_metadata((("begun", "yes"),))
    await asyncio.Event().wait()
    return b""


def plain_channel(address: str) -> grpc.aio.Channel:
    """Return a channel without retries or waiting, that takes what it is sent."""
    options = (("grpc.max_receive_message_length", -1), ("grpc.enable_retries", 0))
    return grpc.aio.insecure_channel(address, options=options)


def begun(
    channel: grpc.aio.Channel, path: str, request: bytes = b"", *, streaming: bool, **options: Any
) -> Any:
    """Begin a call of either kind, as bytes."""
    make: Any = channel.unary_stream if streaming else channel.unary_unary
    return make(path)(request, **options)


async def heard(
    channel: grpc.aio.Channel,
    path: str,
    request: bytes,
    *,
    streaming: bool,
    metadata: Pairs = (),
    seconds: float = 10.0,
) -> Said:
    """Make a call, and return all that its caller hears of it."""
    call = begun(channel, path, request, streaming=streaming, metadata=metadata, timeout=seconds)
    messages: list[bytes] = []
    try:
        if streaming:
            while (message := await call.read()) is not grpc.aio.EOF:
                messages.append(message)
        else:
            messages.append(await call)
    except grpc.aio.AioRpcError:
        # How it failed is read off the call, as for one that did not.
        assert call.done()
    return Said(
        initial=tuple(await call.initial_metadata()),
        messages=tuple(messages),
        code=await call.code(),
        message=await call.details() or "",
        trailing=tuple(await call.trailing_metadata()),
    )
