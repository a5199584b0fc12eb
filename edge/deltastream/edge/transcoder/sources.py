"""Where the frames of a streamed response come from: one call, or as many as it takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.rpc import status_pb2

from deltastream.client.errors import CallError, MeshError
from deltastream.client.resuming import Disconnected, ResumingCall
from deltastream.client.rpc import StreamCall, StreamedRpc
from deltastream.edge.contract import role_of
from deltastream.edge.errors.statuses import StatusError, retry_info, status_of
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

Call = Callable[[Any, float | None], Awaitable[StreamCall]]
"""Calls the service, given a request and the seconds that the call may take."""

_PASSING: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
_EXHAUSTED: Final = grpc.StatusCode.RESOURCE_EXHAUSTED
_VAGUE: Final = (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL)
_TOO_SLOW: Final = "SLOW_CONSUMER"


class Source(Protocol):
    """Yields the frames of one response."""

    async def first(self) -> Any:
        """Return the first frame, or None if the stream ends without any.

        Raises:
            StatusError: there is no stream.
        """
        ...

    async def next(self) -> Any:
        """Return the next frame, Disconnected while the service is away, or None at the end.

        Raises:
            StatusError: the stream has failed for good.
        """
        ...

    async def aclose(self) -> None:
        """End the call upstream."""
        ...


class OneCall:
    """The frames of one call. When it fails, so does the response."""

    def __init__(self, call: StreamCall, *, method: MethodDescriptor, limits: CallLimits) -> None:
        """Read a call that has been made."""
        self._call = call
        self._method = method
        self._limits = limits

    async def first(self) -> Any:
        """See Source."""
        return await self._read(self._limits.first_frame_timeout)

    async def next(self) -> Any:
        """See Source."""
        return await self._read(self._limits.silence_timeout)

    async def aclose(self) -> None:
        """See Source."""
        self._call.cancel()

    async def _read(self, seconds: float) -> Any:
        try:
            async with asyncio.timeout(seconds):
                frame = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise StatusError(status_of_failure(error, method=self._method)) from error
        except TimeoutError:
            raise StatusError(_silent(self._method)) from None
        return None if frame is grpc.aio.EOF else frame


class Bridged:
    """The frames of one call after the other, each going on exactly after the last.

    A browser that is refused once when it reconnects never tries again, so that a restart of the
    service must not end what the browser reads. It sees another `started` where it goes on. Only
    what would be refused again ends the response.
    """

    def __init__(
        self,
        call: Call,
        request: Any,
        *,
        method: MethodDescriptor,
        limits: CallLimits,
        timeout: float | None,
        renews_token: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Call nothing yet.

        Args:
            call: makes a call.
            request: what to ask for.
            method: what is called.
            limits: how long to wait for the first frame.
            timeout: how long all calls together may take.
            renews_token: whether the next call has a token of its own, so that the end of one
                token does not end the response.
            monotonic: the time in seconds.
        """
        self._method = method
        self._limits = limits
        deadline = None if timeout is None else monotonic() + timeout

        async def connect(message: Any) -> StreamCall:
            left = None if deadline is None else max(0.0, deadline - monotonic())
            return await call(message, left)

        self._stream = ResumingCall[Any](
            rpc=StreamedRpc(method),
            connect=connect,
            request=request,
            permanent=_is_final,
            renews_token=renews_token,
        )

    async def first(self) -> Any:
        """See Source."""
        try:
            async with asyncio.timeout(self._limits.first_frame_timeout):
                await self._stream.open()
        except TimeoutError:
            raise StatusError(_silent(self._method)) from None
        except MeshError as error:
            raise self._failed(error) from error
        return await self.next()

    async def next(self) -> Any:
        """See Source. Where the service says goodbye, this only goes on elsewhere."""
        try:
            async for frame in self._stream:
                if isinstance(frame, Disconnected) or not frame.HasField("go_away"):
                    return frame
        except MeshError as error:
            raise self._failed(error) from error
        return None

    async def aclose(self) -> None:
        """See Source."""
        await self._stream.aclose()

    def _failed(self, error: MeshError) -> StatusError:
        if isinstance(error, CallError):
            return StatusError(status_of_failure(error.rpc_error, method=self._method))
        return StatusError(_silent(self._method))


def _is_final(error: CallError) -> bool:
    if error.code is _EXHAUSTED:
        # The client, not the service, would have to be another.
        return error.reason == _TOO_SLOW
    # A connection that dies in mid-call is not always reported as UNAVAILABLE.
    vague = error.code in _VAGUE and not error.reason
    return error.code not in _PASSING and not vague


def _silent(method: MethodDescriptor) -> status_pb2.Status:
    role = role_of(method.containing_service)
    return status_of(
        grpc.StatusCode.UNAVAILABLE,
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        f"{role} has gone silent; reconnect with the last resume token",
        metadata={"dependency": role},
        details=[retry_info()],
    )
