"""One call of a streaming RPC: read with a watch on silence, and always cancelled."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final

import grpc
from google.protobuf.duration_pb2 import Duration

from deltastream.client.errors import ClosedError, SilenceError, error_of
from deltastream.client.rpc import StreamCall

Connect = Callable[[Any], Awaitable[StreamCall]]
"""Makes the call for a request: over which channel, and with whose credentials."""

FIRST_FRAME_SECONDS: Final = 10.0
_MISSED_HEARTBEATS: Final = 2.0


Caller = Callable[[], Awaitable[tuple[tuple[str, str], ...]]]
"""Returns the metadata that say who makes a call."""


def over(method: Callable[..., StreamCall], caller: Caller | None = None) -> Connect:
    """Return what makes calls of a stub's method: `over(enrichment.StreamTicks)`.

    Args:
        method: the stub's method.
        caller: says who calls; by default nobody does.
    """

    async def connect(request: Any) -> StreamCall:
        return method(request) if caller is None else method(request, metadata=await caller())

    return connect


async def read(connect: Connect, request: Any, *, slack: float) -> AsyncGenerator[Any, None]:
    """Yield the responses of one call, to its end.

    Args:
        connect: makes the call.
        request: what to ask for.
        slack: how many seconds a frame may be late beyond two heartbeat intervals.

    Raises:
        CallError: the call failed.
        SilenceError: nothing came in time.
    """
    call = await _call(connect, request)
    patience = FIRST_FRAME_SECONDS
    try:
        while (response := await _next(call, patience)) is not grpc.aio.EOF:
            if response.HasField("started"):
                patience = slack + _MISSED_HEARTBEATS * _interval(response, request)
            yield response
    finally:
        # grpc.aio never cancels a call that nobody reads any more.
        call.cancel()


async def _call(connect: Connect, request: Any) -> StreamCall:
    try:
        return await connect(request)
    except grpc.aio.AioRpcError as error:
        # Asking for a token may be a call, too.
        raise error_of(error) from error


async def _next(call: StreamCall, seconds: float) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await call.read()
    except TimeoutError:
        raise SilenceError(seconds) from None
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and not task.cancelling():
            # Nobody cancelled us: the channel was closed under the call.
            raise ClosedError from None
        raise
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from error


def _interval(response: Any, request: Any) -> float:
    """Return the heartbeat interval in effect, which is the server's to say."""
    stated: Duration = response.started.heartbeat_interval
    wanted: Duration = request.heartbeat_interval
    return (stated if stated.ToNanoseconds() else wanted).ToNanoseconds() / 1e9 or 5.0
