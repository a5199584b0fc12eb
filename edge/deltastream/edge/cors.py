"""Which pages of other sites may call (the CORS protocol of the Fetch standard)."""

from collections.abc import Sequence
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

_METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
_SENT: Final = (
    "Authorization, Content-Type, Grpc-Timeout, If-None-Match, Last-Event-ID, X-Api-Key, "
    "X-Request-Id, traceparent, tracestate"
)
_SEEN: Final = "ETag, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
_REMEMBERED_SECONDS: Final = "600"
_ANYBODY: Final = "*"
# The Socket.IO server has an answer of its own to the same question.
_SOCKETS: Final = "/socket.io/"


class CrossOrigin:
    """Tells browsers whose pages may read what the edge answers.

    Args:
        origins: such as "https://example.com"; "*" is any, and then without credentials.
    """

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)

    def install(self, app: web.Application) -> None:
        """Let the origins in; nothing is done where there are none."""
        if self._origins:
            app.middlewares.append(self._answer_preflights)
            app.on_response_prepare.append(self._tell)

    @web.middleware
    async def _answer_preflights(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if (
            request.method != hdrs.METH_OPTIONS
            or hdrs.ACCESS_CONTROL_REQUEST_METHOD not in request.headers
            or request.path.startswith(_SOCKETS)
        ):
            return await handler(request)
        return web.Response(status=web.HTTPNoContent.status_code)

    async def _tell(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        if request.path.startswith(_SOCKETS):
            return
        add_vary(response, hdrs.ORIGIN)
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None or self._origins.isdisjoint((origin, _ANYBODY)):
            return
        headers = response.headers
        if origin in self._origins:
            headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
        else:
            headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = _ANYBODY
        headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _SEEN
        if request.method == hdrs.METH_OPTIONS:
            headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = _METHODS
            headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = _SENT
            headers[hdrs.ACCESS_CONTROL_MAX_AGE] = _REMEMBERED_SECONDS


def add_vary(response: web.StreamResponse, name: str) -> None:
    """Say that the response depends on a header of the request."""
    present = response.headers.get(hdrs.VARY)
    response.headers[hdrs.VARY] = name if present is None else f"{present}, {name}"
