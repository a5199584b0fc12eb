"""Sends what servicers stream."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from inspect import isasyncgenfunction
from typing import TYPE_CHECKING, Any

import grpc

from deltastream.runtime.interceptors.base import Context, HandlerInterceptor
from deltastream.runtime.interceptors.handlers import with_behaviour, with_serializer

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

Metadata = tuple[tuple[str, str | bytes], ...]
Serializer = Callable[[Any], bytes]


class WritingInterceptor(HandlerInterceptor):
    """Writes what a servicer yields, and sends bytes as they are.

    It belongs inside of all others. They surround the call, and were every one of them to pass each
    response on, a frame would cost as much before it is sent as the sending does.

    Many subscribers get the same events: encoded once, they are sent to all.
    """

    def changed(self, method: str, handler: "Handler") -> "Handler":
        """Wrap the method and its encoder, if it yields."""
        del method
        if not isasyncgenfunction(handler.unary_stream):
            return handler
        writing = with_behaviour(handler, _writing(handler.unary_stream))
        return with_serializer(writing, _passing_bytes(handler.response_serializer))


async def write_initial_metadata(context: Context, metadata: Metadata = ()) -> None:
    """Send what comes before the first response of a call.

    Cancelled, it comes to its end first. gRPC takes down that it is sent only then, and would send
    it again with the status of the call: that fails, and the caller waits for an end for ever.

    Raises:
        CancelledError: this call is cancelled, or the caller has left.
    """
    sending = asyncio.ensure_future(context.send_initial_metadata(metadata))
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        with suppress(grpc.aio.InternalError):
            await sending
        raise
    except grpc.aio.InternalError as error:
        raise asyncio.CancelledError from error


async def write(context: Context, response: Any) -> None:
    """Send one response of a stream, after its initial metadata.

    Raises:
        CancelledError: this call is cancelled, or the caller has left. gRPC cancels the call then,
            but a response on its way to them may fail a moment before it does.
    """
    try:
        await context.write(response)
    except grpc.aio.InternalError as error:
        raise asyncio.CancelledError from error


def _writing(behaviour: Any) -> Any:
    async def call(request: Any, context: Context) -> None:
        begun = False
        # Closed here and now when the call is cancelled, not when the generator is collected.
        async with aclosing(behaviour(request, context)) as responses:
            async for response in responses:
                if not begun:
                    await write_initial_metadata(context)
                    begun = True
                await write(context, response)

    return call


def _passing_bytes(serialize: Serializer | None) -> Serializer | None:
    if serialize is None:
        return None

    def pass_or_serialize(response: Any) -> bytes:
        return response if isinstance(response, bytes) else serialize(response)

    return pass_or_serialize
