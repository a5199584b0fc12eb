"""A server-streaming method over HTTP: one request, a body that grows frame by frame."""

import asyncio
from typing import Any, Final

import grpc
import structlog
from aiohttp import hdrs, web
from google.rpc import status_pb2

from deltastream.edge.contract import codec_of, path_of, role_of
from deltastream.edge.errors.statuses import StatusError, internal_status, retry_info, status_of
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.edge.reading.request_reader import RequestReader
from deltastream.edge.transcoder.call_options import CallLimits, metadata_of, stated_timeout
from deltastream.edge.transcoder.framing import Framing, framing_for
from deltastream.edge.transcoder.http_rule import Binding
from deltastream.edge.transcoder.request_ids import request_id_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

_log = structlog.get_logger()

_HEADERS: Final = {
    hdrs.CACHE_CONTROL: "no-cache",
    # Tells nginx not to collect a stream before passing it on.
    "X-Accel-Buffering": "no",
}


class StreamHandler:
    """Answers the requests of one binding with a stream.

    Each frame is written as soon as it has come, and the next one is read once the connection
    has taken it: a slow client slows its own call down, and the service decides what that means.
    A client that goes away cancels the call.

    Args:
        binding: what the requests stand for.
        channel: leads to the service.
        limits: how long to wait.
    """

    def __init__(self, binding: Binding, channel: grpc.aio.Channel, limits: CallLimits) -> None:
        self._method = binding.method
        self._limits = limits
        self._reader = RequestReader(binding, body_timeout=limits.body_timeout)
        self._call = channel.unary_stream(path_of(binding.method), **codec_of(binding.method))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request.

        Raises:
            RequestError: the request does not fit the method.
            StatusError: the call failed before its first frame.
        """
        message = await self._reader.read(request)
        framing = framing_for(request.headers.get(hdrs.ACCEPT))
        framing.resume(message, request)
        call = self._call(message, timeout=stated_timeout(request), metadata=metadata_of(request))
        try:
            # The first frame decides the HTTP status.
            first = await self._next(call, self._limits.first_frame_timeout)
            response = web.StreamResponse(headers=_HEADERS)
            response.content_type = framing.content_type
            await response.prepare(request)
            await self._forward(call, first, _Body(request, response, framing, self._limits))
        finally:
            call.cancel()
        return response

    async def _forward(self, call: Any, frame: Any, body: "_Body") -> None:
        try:
            while frame is not grpc.aio.EOF:
                await body.write(body.framing.frame(frame))
                frame = await self._next(call, self._limits.silence_timeout)
        except StatusError as error:
            await body.write(body.framing.failure(error.status))
        except ConnectionError:
            # Nobody reads any more; aiohttp closes what is left.
            return
        except Exception:  # noqa: BLE001 - the response has begun: nobody above could tell the client
            _log.exception("stream_failed_unexpectedly", method=path_of(self._method))
            await body.write(body.framing.failure(internal_status()))

    async def _next(self, call: Any, timeout: float) -> Any:  # noqa: ASYNC109 - it differs by frame
        try:
            async with asyncio.timeout(timeout):
                return await call.read()
        except grpc.aio.AioRpcError as error:
            raise StatusError(status_of_failure(error, method=self._method)) from error
        except TimeoutError:
            raise StatusError(self._silent()) from None

    def _silent(self) -> status_pb2.Status:
        role = role_of(self._method.containing_service)
        return status_of(
            grpc.StatusCode.UNAVAILABLE,
            ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
            f"{role} has gone silent; reconnect with the last resume token",
            metadata={"dependency": role},
            details=[retry_info()],
        )


class _Body:
    """The body of a response that has begun."""

    def __init__(
        self,
        request: web.Request,
        response: web.StreamResponse,
        framing: Framing,
        limits: CallLimits,
    ) -> None:
        self.framing = framing
        self._request = request
        self._response = response
        self._timeout = limits.write_timeout

    async def write(self, content: bytes) -> None:
        """Write and wait until the connection has room for more.

        Raises:
            ConnectionError: the client is gone, or has read nothing for so long that it is taken
                for gone.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await self._response.write(content)
        except TimeoutError:
            _log.info("stream_client_stalled", request_id=request_id_of(self._request))
            if self._request.transport is not None:
                self._request.transport.abort()
            raise ConnectionResetError("the client reads nothing") from None
