"""The sockets that the edge serves HTTP on, and how it leaves them: nobody is cut off."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from deltastream.edge.https import HttpsSite
from deltastream.edge.limits.connections import ConnectionLimit
from deltastream.edge.limits.protocol import BoundedRunner, ConnectionBounds
from deltastream.edge.settings import EdgeSettings
from deltastream.log_library import structlog
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.listening import ListenError

_log = structlog.get_logger()
_LINGERING_SECONDS: Final = 1.0
_BACKLOG: Final = 1024
# A resume token has up to 16384 characters, in the query or in Last-Event-ID.
_LONGEST_LINE: Final = 20_480
_MOST_HEADERS: Final = 64
_QUIET_SECONDS: Final = 0.25
_TURNING_AWAY_SECONDS: Final = 2.0


@asynccontextmanager
async def listening(
    app: web.Application, settings: EdgeSettings, concurrency: Concurrency
) -> AsyncIterator[None]:
    """Serve the application on every listener while the block runs.

    At the end new connections are left to a successor, and clients that keep theirs are told with
    their next response to open another. A connection is closed by us when nobody has used one for
    a while: a request that is sent into a closing connection fails.

    Args:
        app: what is served.
        settings: say where, and how long what is under way may take to end.
        concurrency: knows when somebody last asked for something.

    Raises:
        ListenError: an address is in use or not ours.
    """
    farewell = asyncio.Event()

    async def part(_: web.Request, response: web.StreamResponse) -> None:
        if farewell.is_set():
            response.force_close()
            response.headers["Connection"] = "close"

    app.on_response_prepare.append(part)
    runner = BoundedRunner(
        app,
        bounds=_bounds(settings),
        handler_cancellation=True,
        access_log=None,
        # aiohttp measures silence, and the time that headers take, by this too.
        keepalive_timeout=settings.idle_seconds,
        lingering_time=_LINGERING_SECONDS,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
        max_headers=_MOST_HEADERS,
        # A compressed body is refused; until it is, it stays as it came.
        auto_decompress=False,
        shutdown_timeout=settings.drain_seconds,
    )
    await runner.setup()
    try:
        for address in settings.listeners:
            await _site(runner, address, settings).start()
            tls = settings.listening_tls is not None
            _log.info("http_listening", address=address, tls=tls)
        yield
    finally:
        farewell.set()
        for site in tuple(runner.sites):
            await site.stop()
        await concurrency.until_quiet(quiet=_QUIET_SECONDS, at_most=_TURNING_AWAY_SECONDS)
        await runner.cleanup()
        _log.info("http_stopped")


def _bounds(settings: EdgeSettings) -> ConnectionBounds:
    return ConnectionBounds(
        limit=ConnectionLimit(
            most=settings.max_connections,
            most_per_address=0 if settings.trusted_hops else settings.connections_per_address,
        ),
        write_seconds=settings.write_seconds,
    )


def _site(runner: web.AppRunner, address: str, settings: EdgeSettings) -> web.BaseSite:
    """Return what serves an address, encrypted or not."""
    tls, listening = settings.listening_tls, _socket(address, settings)
    if tls is None:
        return web.SockSite(runner, listening)
    return HttpsSite(runner, listening, tls, handshake_seconds=settings.idle_seconds)


def _socket(address: str, settings: EdgeSettings) -> socket.socket:
    """Return the socket of an address: one that was inherited, or one of its own."""
    descriptor = settings.inherited.get(address)
    if descriptor is not None:
        return socket.socket(fileno=descriptor)
    host, _, port = address.rpartition(":")
    try:
        return socket.create_server(
            (host, int(port)), reuse_port=settings.share_port, backlog=_BACKLOG
        )
    except OSError as error:
        raise ListenError(f"cannot listen on {address}: {error.strerror}") from error
