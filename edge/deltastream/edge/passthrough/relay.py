"""Passes the calls of one method to the service that owns it, as bytes."""

import asyncio
from typing import Any, Final, NoReturn

import grpc
from google.protobuf.descriptor import MethodDescriptor
from prometheus_client import Counter

from deltastream.edge.admission import Admission
from deltastream.edge.contract import path_of
from deltastream.edge.credentials import AUTHORIZATION, Credentials
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.passthrough.call_log import stream_logged
from deltastream.edge.passthrough.drain import Call, Drain
from deltastream.edge.passthrough.endings import Ending, end_as, ending_of
from deltastream.edge.passthrough.metadata import Metadata, keys_among, passed_on
from deltastream.runtime.errors import DrainingError, failure_of
from deltastream.runtime.interceptors.aborting import abort
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.interceptors.writing import write, write_initial_metadata
from deltastream.runtime.patience import PATIENCE_SECONDS
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_DRAINING: Final = failure_of(DrainingError())


class Relay:
    """One method's way through the edge.

    Nothing is kept: a message is read from one side once the other has taken the one before it,
    so that a slow caller slows its service down and nobody else. Whichever side ends the call,
    it ends on the other.

    Args:
        method: whose calls.
        channel: leads to its service.
        admission: lets calls in.
        drain: ends streams when the edge goes away.
        credentials: of its callers.
    """

    def __init__(
        self,
        method: MethodDescriptor,
        channel: grpc.aio.Channel,
        *,
        admission: Admission,
        drain: Drain,
        credentials: Credentials,
    ) -> None:
        self._method = method
        self._path = path_of(method)
        self._admission = admission
        self._drain = drain
        self._credentials = credentials.of_callers_of(self._path)
        # Without serialisers, what goes in and out is bytes.
        self._call = _multicallable(method, channel)

    async def answer(self, request: Any, context: Context) -> bytes:
        """Pass on a call with one response; `request` is a message or an iterator of them."""
        await self._enter(context)
        try:
            return await self._answer(request, context)
        finally:
            self._admission.leave()

    async def stream(self, request: Any, context: Context) -> None:
        """Pass on a call with a stream of responses."""
        await self._enter(context)
        try:
            await self._stream(request, context)
        finally:
            self._admission.leave()

    async def _enter(self, context: Context) -> None:
        left: float | None = context.time_remaining()
        seconds = PATIENCE_SECONDS if left is None else min(PATIENCE_SECONDS, left)
        try:
            entered = await self._admission.enter(seconds=seconds)
        except grpc.aio.AioRpcError as error:
            await self._fail(error, context)
        if not entered:
            await end_as(context, Ending.with_status(self._admission.refusal))

    async def _answer(self, request: Any, context: Context) -> bytes:
        call = await self._begin(request, context)
        try:
            response: bytes = await call
            await _send_initial_metadata(call, context)
            context.set_trailing_metadata(tuple(await call.trailing_metadata()))
        except grpc.aio.AioRpcError as error:
            await _send_initial_metadata(call, context)
            await self._fail(error, context)
        finally:
            call.cancel()
        return response

    async def _stream(self, request: Any, context: Context) -> None:
        if self._drain.has_begun():
            await abort(context, _DRAINING)
        frames = PROCESS.counter(names.STREAM_FRAMES_SENT, rpc_method=self._method.name)
        call = await self._begin(request, context)
        try:
            with self._drain.ending(call), stream_logged(self._path, context):
                await _forward(call, context, frames)
        except grpc.aio.AioRpcError as error:
            await self._fail(error, context)
        except asyncio.CancelledError:
            if _is_cancelled_itself() or not self._drain.has_begun():
                raise
            await abort(context, _DRAINING)
        finally:
            call.cancel()

    async def _begin(self, request: Any, context: Context) -> Call:
        metadata = await self._metadata(context)
        return self._call(request, timeout=context.time_remaining(), metadata=metadata)

    async def _metadata(self, context: Context) -> Metadata:
        """Return what the service is to hear: the caller's own, a token in the place of a key."""
        stated = tuple(context.invocation_metadata() or ())
        keys = keys_among(stated)
        if not keys:
            return passed_on(stated)
        try:
            caller = await self._credentials.metadata(
                authorization=[str(value) for name, value in stated if name == AUTHORIZATION],
                api_keys=keys,
            )
        except StatusError as error:
            await end_as(context, Ending.with_status(error.status))
        others = passed_on(pair for pair in stated if pair[0] != AUTHORIZATION)
        return (*others, *caller)

    async def _fail(self, error: grpc.aio.AioRpcError, context: Context) -> NoReturn:
        await end_as(context, ending_of(error, self._method))


async def _forward(call: Call, context: Context, frames: Counter) -> None:
    await _send_initial_metadata(call, context)
    while (message := await call.read()) is not grpc.aio.EOF:
        await write(context, message)
        frames.inc()
    context.set_trailing_metadata(tuple(await call.trailing_metadata()))


async def _send_initial_metadata(call: Call, context: Context) -> None:
    """Pass them on as soon as they are there: a stream's first message may be long in coming."""
    initial = tuple(await call.initial_metadata())
    # A call that ended without any sends them together with its status.
    if initial or not call.done():
        await write_initial_metadata(context, initial)


def _is_cancelled_itself() -> bool:
    """Say whether it is this task that is cancelled, and not the call that it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _multicallable(method: MethodDescriptor, channel: grpc.aio.Channel) -> Any:
    make = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    return make[method.client_streaming, method.server_streaming](path_of(method))
