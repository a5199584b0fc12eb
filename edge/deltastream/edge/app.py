"""The edge's application, put together."""

from collections.abc import Mapping
from dataclasses import dataclass

import grpc
from aiohttp import web

from deltastream.edge.dashboard import add_dashboard
from deltastream.edge.docs_page import add_docs
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.health import add_health
from deltastream.edge.security_headers import add_security_headers
from deltastream.edge.sockets.gateway import SocketGateway
from deltastream.edge.transcoder.routes import add_routes
from deltastream.runtime.concurrency import Concurrency


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeParts:
    """What the application is made of.

    Attributes:
        channels: by full name of a service.
        gateway: serves Socket.IO; the caller runs it.
        body_bytes: the largest request body.
        concurrency: how much the edge takes on at once; None for any number.
    """

    channels: Mapping[str, grpc.aio.Channel]
    gateway: SocketGateway
    body_bytes: int
    concurrency: Concurrency | None = None


def make_app(parts: EdgeParts) -> web.Application:
    """Build the application: REST and streams, Socket.IO, documentation, dashboard, health."""
    app = web.Application(middlewares=[error_middleware], client_max_size=parts.body_bytes)
    app.on_response_prepare.append(add_security_headers)
    add_routes(app, channels=parts.channels, concurrency=parts.concurrency)
    add_docs(app)
    add_health(app, channels=parts.channels)
    parts.gateway.attach(app)
    add_dashboard(app)
    return app
