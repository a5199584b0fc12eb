"""aiohttp's side of a connection, with bounds that it does not have.

It closes a connection on which no request arrives within its keep-alive time, slow headers
included. It does not mind how many connections there are, nor a client that reads no answers; and
what is no HTTP at all it answers in its own words, with its version, and logs with a traceback.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, cast

import grpc
from aiohttp import hdrs, web
from aiohttp.http_exceptions import LineTooLong

from deltastream.edge.errors.status_response import status_response
from deltastream.edge.errors.statuses import internal_status, status_of
from deltastream.edge.limits.callers import network_of
from deltastream.edge.limits.connections import ConnectionLimit
from deltastream.edge.limits.reading_progress import taken_from
from deltastream.edge.measures import REASON, count_refusal
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.log_library import structlog

_log = structlog.get_logger()

SERVER: Final = "DeltaStream"
_SERVER_ERROR: Final = 500
_CONNECTIONS: Final = "CONNECTIONS"
# Whoever takes less in `write_seconds` is not reading.
_LEAST_TAKEN: Final = 64 * 1024
_TOO_MANY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nServer: DeltaStream\r\nRetry-After: 1\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionBounds:
    """The bounds of a connection.

    Attributes:
        limit: how many there may be.
        write_seconds: how long a client may leave unread what was written to it. One that goes on
            reading may take as long as it needs.
    """

    limit: ConnectionLimit
    write_seconds: float


class BoundedProtocol(web.RequestHandler):
    """One connection."""

    __slots__ = ("_address", "_bounds", "_unread")

    def __init__(self, manager: web.Server, *, bounds: ConnectionBounds, **options: Any) -> None:
        super().__init__(manager, **options)
        self._bounds = bounds
        self._address: str | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection in, or tell its client that there are too many."""
        address = _address_of(transport)
        if not self._bounds.limit.open(address):
            count_refusal(_CONNECTIONS)
            connection = cast("asyncio.Transport", transport)
            connection.write(_TOO_MANY)
            connection.close()
            return
        self._address = address
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Read what came, unless the connection was not taken in."""
        if self._address is not None:
            super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let go of a connection."""
        if self._unread is not None:
            self._unread.cancel()
        if self._address is not None:
            self._bounds.limit.close(self._address)
            self._address = None
            super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the client a while to read what waits for it, and again for as long as it does."""
        super().pause_writing()
        if self.transport is not None:
            self._wait_for_reading(self.transport)

    def resume_writing(self) -> None:
        """Note that the client reads."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _wait_for_reading(self, transport: asyncio.Transport) -> None:
        # aiohttp forgets the transport as soon as it is closing, unread or not.
        self._unread = self._loop.call_later(
            self._bounds.write_seconds, self._go_on_or_abort, transport, taken_from(transport)
        )

    def _go_on_or_abort(self, transport: asyncio.Transport, before: int) -> None:
        if taken_from(transport) - before < _LEAST_TAKEN:
            transport.abort()
        else:
            self._wait_for_reading(transport)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = _SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what no handler answers: bytes that are no HTTP, and faults of our own."""
        # aiohttp's words name what its parser met.
        del message
        if request.writer.output_size > 0:
            raise ConnectionError("a response has begun, and cannot become another")
        if status >= _SERVER_ERROR:
            _log.error("request_failed_in_protocol", exc_info=exc)
            response = status_response(internal_status())
        else:
            _log.info("not_http", address=self._address, error=type(exc).__name__)
            response = _not_http(exc)
        if (reason := response.get(REASON)) is not None:
            count_refusal(reason)
        response.headers[hdrs.SERVER] = SERVER
        response.force_close()
        return response


class BoundedRunner(web.AppRunner):
    """Runs an application over bounded connections.

    Args:
        app: what is served.
        bounds: of each connection.
        options: of aiohttp's runner.
    """

    __slots__ = ("_bounds",)

    def __init__(self, app: web.Application, *, bounds: ConnectionBounds, **options: Any) -> None:
        super().__init__(app, **options)
        self._bounds = bounds

    async def _make_server(self) -> web.Server:
        return _BoundedServer(await super()._make_server(), self._bounds)


class _BoundedServer(web.Server):
    """aiohttp's server, with another protocol."""

    def __init__(self, plain: web.Server, bounds: ConnectionBounds) -> None:
        super().__init__(
            plain.request_handler,
            request_factory=plain.request_factory,
            handler_cancellation=plain.handler_cancellation,
            **plain._kwargs,  # noqa: SLF001 - the options that the runner was given
        )
        self._bounds = bounds

    def __call__(self) -> web.RequestHandler:
        return BoundedProtocol(self, bounds=self._bounds, loop=self._loop, **self._kwargs)


def _address_of(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    # A Unix socket has no addresses.
    return network_of(peer[0]) if isinstance(peer, tuple) else ""


def _not_http(error: BaseException | None) -> web.Response:
    too_long = isinstance(error, LineTooLong)
    status = status_of(
        grpc.StatusCode.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
        "the address or a header is too long" if too_long else "this is no HTTP request",
    )
    # No telling apart which of both it was: 431 is for either.
    number = web.HTTPRequestHeaderFieldsTooLarge.status_code if too_long else None
    return status_response(status, http_status=number)
