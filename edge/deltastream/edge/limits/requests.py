"""Rate limits of HTTP requests."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from deltastream.edge.contract import SERVICES, path_of
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.limiter import TAKES_CREDENTIALS, RateLimiter, Verdict, refusal_of
from deltastream.edge.transcoder.http_rule import bindings_of

_VERDICT: Final = web.RequestKey("rate_limit_verdict", Verdict)
_HEALTH: Final = "/health"
_SOCKETS: Final = "/socket.io/"


class RequestLimits:
    """Counts each request, and tells its client where it stands by `RateLimit` headers.

    Health is not counted, as a busy edge is not a dead one; nor is what a Socket.IO session sends
    over the transport, as its events are.

    Args:
        limiter: decides.
        callers: says whose request it is.
    """

    def __init__(self, limiter: RateLimiter, callers: Callers) -> None:
        self._limiter = limiter
        self._callers = callers
        self._take_credentials = {
            (binding.http_method, binding.template)
            for service in SERVICES
            for binding in bindings_of(service)
            if path_of(binding.method) in TAKES_CREDENTIALS
        }

    def install(self, app: web.Application) -> None:
        """Limit the requests of an application; nothing is done where nothing is limited."""
        if not self._limiter.unlimited:
            app.middlewares.append(self._handle)
            app.on_response_prepare.append(_tell)

    @web.middleware
    async def _handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if _is_free(request):
            return await handler(request)
        verdict = await self._limiter.ask(
            self._callers.of_request(request),
            credentials=(request.method, request.path) in self._take_credentials,
        )
        request[_VERDICT] = verdict
        if verdict.refused is not None:
            raise StatusError(refusal_of(verdict.refused))
        return await handler(request)


def _is_free(request: web.Request) -> bool:
    path = request.path
    return path == _HEALTH or (path.startswith(_SOCKETS) and "sid" in request.query)


async def _tell(request: web.BaseRequest, response: web.StreamResponse) -> None:
    verdict = request.get(_VERDICT)
    if verdict is None:
        return
    headers = response.headers
    headers["RateLimit-Policy"] = ", ".join(it.rate.policy for it in verdict.standings)
    headers["RateLimit"] = ", ".join(map(str, verdict.standings))
