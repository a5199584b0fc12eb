"""What is measured of requests over HTTP."""

import asyncio
import time
from functools import cache
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from prometheus_client import Counter, Histogram

from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

REASON: Final = web.ResponseKey("reason", str)
"""Why a request was refused, on the response that says so."""

_METHODS: Final = frozenset(
    {
        hdrs.METH_GET,
        hdrs.METH_HEAD,
        hdrs.METH_POST,
        hdrs.METH_PUT,
        hdrs.METH_PATCH,
        hdrs.METH_DELETE,
        hdrs.METH_OPTIONS,
    }
)
_OTHER: Final = "_OTHER"
_UNMATCHED: Final = "unmatched"
_CLIENT_CLOSED_REQUEST: Final = 499


@web.middleware
async def measuring(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count a request, by its route and how it ended. It belongs outside of what answers errors."""
    begun = time.perf_counter()
    try:
        response = await handler(request)
    except asyncio.CancelledError:
        _count(request, _CLIENT_CLOSED_REQUEST)
        raise
    except web.HTTPException as redirection:
        _count(request, redirection.status)
        raise
    _count(request, response.status)
    if isinstance(response, web.Response):
        # All others are as long as their clients want.
        _durations(*_route_of(request)).observe(time.perf_counter() - begun)
    if (reason := response.get(REASON)) is not None:
        count_refusal(reason)
    return response


def count_refusal(reason: str) -> None:
    """Count a request, or a connection, that was refused; the reason is one of the contract's."""
    PROCESS.counter(names.HTTP_REFUSED, reason=reason).inc()


def _count(request: web.Request, status: int) -> None:
    _requests(*_route_of(request), status).inc()


def _route_of(request: web.Request) -> tuple[str, str]:
    """Return route and method of a request: nothing that a client made up is among them."""
    resource = request.match_info.route.resource
    route = _UNMATCHED if resource is None else resource.canonical
    return route, request.method if request.method in _METHODS else _OTHER


@cache
def _requests(route: str, method: str, status: int) -> Counter:
    return PROCESS.counter(names.HTTP_REQUESTS, route=route, method=method, status=str(status))


@cache
def _durations(route: str, method: str) -> Histogram:
    return PROCESS.histogram(names.HTTP_DURATION, route=route, method=method)
