"""The edge's application, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import grpc
from aiohttp import web

from deltastream.edge.cors import CrossOrigin
from deltastream.edge.credentials import Credentials
from deltastream.edge.dashboard import add_dashboard
from deltastream.edge.docs_page import add_docs
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.health import add_health
from deltastream.edge.limits.bodies import plain_bodies
from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.limiter import RateLimiter
from deltastream.edge.limits.requests import RequestLimits
from deltastream.edge.measures import measuring
from deltastream.edge.security_headers import security_headers
from deltastream.edge.sockets.gateway import SocketGateway
from deltastream.edge.tables.routes import add_tables
from deltastream.edge.tracing import install_tracing
from deltastream.edge.transcoder.call_options import CallLimits
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
        waits: how long it waits for clients and services.
        callers: tells clients apart.
        limiter: decides who has asked too often; None lets everybody ask.
        credentials: of callers; by default API keys are not heeded.
        cors_origins: of other sites whose pages may call.
        frame_ancestors: of other sites whose pages may show the dashboard in a frame.
    """

    channels: Mapping[str, grpc.aio.Channel]
    gateway: SocketGateway
    body_bytes: int
    concurrency: Concurrency | None = None
    waits: CallLimits = field(default_factory=CallLimits)
    callers: Callers = field(default_factory=Callers)
    limiter: RateLimiter | None = None
    credentials: Credentials = field(default_factory=Credentials)
    cors_origins: Sequence[str] = ()
    frame_ancestors: Sequence[str] = ()


def make_app(parts: EdgeParts) -> web.Application:
    """Build the application: REST and streams, tables, Socket.IO, pages, health."""
    app = web.Application(
        middlewares=[measuring, error_middleware], client_max_size=parts.body_bytes
    )
    app.on_response_prepare.append(
        security_headers(
            callers=parts.callers,
            frame_ancestors=parts.frame_ancestors,
            shared=bool(parts.cors_origins),
        )
    )
    CrossOrigin(parts.cors_origins).install(app)
    if parts.limiter is not None:
        RequestLimits(parts.limiter, parts.callers).install(app)
    app.middlewares.append(plain_bodies)
    add_routes(
        app,
        channels=parts.channels,
        limits=parts.waits,
        concurrency=parts.concurrency,
        credentials=parts.credentials,
    )
    add_tables(
        app,
        channels=parts.channels,
        limits=parts.waits,
        concurrency=parts.concurrency,
        credentials=parts.credentials,
    )
    add_docs(app)
    add_health(app, channels=parts.channels)
    parts.gateway.attach(app)
    add_dashboard(app)
    install_tracing(app)
    return app
