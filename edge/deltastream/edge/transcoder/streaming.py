"""A server-streaming method over HTTP: one request, a body that grows frame by frame."""

import asyncio
from contextlib import aclosing
from typing import Any, Final

import grpc
from aiohttp import hdrs, web

from deltastream.client.resuming import Disconnected
from deltastream.client.rpc import StreamCall, speaks_protocol
from deltastream.edge.contract import codec_of, path_of
from deltastream.edge.credentials import API_KEY, Credentials
from deltastream.edge.errors.statuses import StatusError, internal_status, retry_info, status_of
from deltastream.edge.reading.request_reader import RequestReader
from deltastream.edge.transcoder.call_options import CallLimits, metadata_of, stated_timeout
from deltastream.edge.transcoder.farewell import Farewell, GoingAwayError
from deltastream.edge.transcoder.framing import Framing, framing_for
from deltastream.edge.transcoder.http_rule import Binding
from deltastream.edge.transcoder.request_ids import request_id_of
from deltastream.edge.transcoder.sources import Bridged, OneCall, Source
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.log_library import structlog
from deltastream.runtime.telemetry.traced_channel import headers

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
        farewell: ends responses when the edge goes away.
        credentials: of its callers.
    """

    def __init__(
        self,
        binding: Binding,
        channel: grpc.aio.Channel,
        limits: CallLimits,
        farewell: Farewell,
        credentials: Credentials,
    ) -> None:
        self._method = binding.method
        self._credentials = credentials.of_callers_of(path_of(binding.method))
        self._limits = limits
        self._farewell = farewell
        self._resumable = speaks_protocol(binding.method)
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
        if self._resumable:
            framing.adapt(message, request)
        async with aclosing(await self._source(request, message, framing)) as source:
            # The first frame decides the HTTP status.
            first = await source.first()
            response = web.StreamResponse(headers=_HEADERS)
            response.content_type = framing.content_type
            await response.prepare(request)
            body = _Body(request, response, framing, self._limits)
            try:
                await self._forward(source, first, body)
            except ConnectionError:
                # Nobody reads any more; aiohttp closes what is left.
                return response
        return response

    async def _source(self, request: web.Request, message: Any, framing: Framing) -> Source:
        timeout = stated_timeout(request)
        # Here, where what is wrong with them can still be said with a status.
        metadata = await metadata_of(request, self._credentials)

        async def call(message: Any, left: float | None) -> StreamCall:
            # A later call may need another token than the first, where a key gets them.
            metadata = await metadata_of(request, self._credentials)
            stated = (*metadata, *headers())
            made: StreamCall = self._call(message, timeout=left, metadata=stated)
            return made

        if framing.outlives_calls and self._resumable:
            return Bridged(
                call,
                message,
                method=self._method,
                limits=self._limits,
                timeout=timeout,
                renews_token=API_KEY in request.headers,
            )
        stated = (*metadata, *headers())
        one: StreamCall = self._call(message, timeout=timeout, metadata=stated)
        return OneCall(one, method=self._method, limits=self._limits)

    async def _forward(self, source: Source, frame: Any, body: "_Body") -> None:
        try:
            async with self._farewell.interrupting():
                await body.write(body.framing.opening)
                while frame is not None:
                    await body.write_frame(frame)
                    frame = await source.next()
        except StatusError as error:
            await body.write(body.framing.failure(error.status))
        except GoingAwayError:
            await body.write(body.framing.farewell(_going_away()))
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - the response has begun: nobody above could tell the client
            _log.exception("stream_failed_unexpectedly", method=path_of(self._method))
            await body.write(body.framing.failure(internal_status()))


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

    async def write_frame(self, frame: Any) -> None:
        """Write a frame, or that the service is away."""
        away = isinstance(frame, Disconnected)
        await self.write(self.framing.waiting if away else self.framing.frame(frame))

    async def write(self, content: bytes) -> None:
        """Write and wait until the connection has room for more.

        Raises:
            ConnectionError: the client is gone, or has read nothing for so long that it is taken
                for gone.
        """
        if not content:
            return
        try:
            async with asyncio.timeout(self._timeout):
                await self._response.write(content)
        except TimeoutError:
            _log.info("stream_client_stalled", request_id=request_id_of(self._request))
            if self._request.transport is not None:
                self._request.transport.abort()
            raise ConnectionResetError("the client reads nothing") from None


def _going_away() -> Any:
    return status_of(
        grpc.StatusCode.UNAVAILABLE,
        ErrorReason.ERROR_REASON_DRAINING,
        "this server is shutting down; reconnect with the last resume token",
        details=[retry_info()],
    )
