"""Spans of the requests over HTTP, by the conventions for HTTP."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from deltastream.runtime.telemetry import attributes, spans
from deltastream.runtime.telemetry.spans import Kind, Span
from deltastream.runtime.telemetry.traced_channel import TRACEPARENT, stated_place

_SPAN: Final = web.RequestKey("span", object)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER: Final = "_OTHER"
_FIRST_FAULT: Final = 500


def install_tracing(app: web.Application) -> None:
    """Trace every request, if anything is traced; outside of all middlewares that are there."""
    if spans.are_recorded():
        app.middlewares.insert(0, _traced)
        app.on_response_prepare.append(_end_of_beginning)


@web.middleware
async def _traced(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Surround a request with a span that is named by its route.

    What a client writes is in none of its attributes: neither path nor query. Its traceparent is
    believed, as anybody's is: it says whether the request is recorded.
    """
    span = _start(request)
    if span is None:
        return await handler(request)
    request[_SPAN] = span
    with spans.entered(span):
        try:
            response = await handler(request)
            _describe(span, response.status)
        finally:
            # One that was cancelled has no status: its client left, and was sent none.
            span.end()
    return response


async def _end_of_beginning(request: web.Request, response: web.StreamResponse) -> None:
    """End the span of a stream, or of a socket, where its body begins."""
    span = request.get(_SPAN)
    if isinstance(response, web.Response) or span is None:
        return
    _describe(span, response.status)
    span.end()


def _start(request: web.Request) -> Span | None:
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else ""
    method = request.method if request.method in _METHODS else _OTHER
    facts: dict[str, str | int] = {
        attributes.HTTP_METHOD: method,
        attributes.URL_SCHEME: request.scheme,
    }
    if route:
        facts[attributes.HTTP_ROUTE] = route
    return spans.start(
        f"{method} {route}".rstrip(),
        kind=Kind.SERVER,
        parent=stated_place(request.headers.get(TRACEPARENT)),
        attributes=facts,
    )


def _describe(span: Span, status: int) -> None:
    span.describe(attributes.HTTP_STATUS, status)
    if status >= _FIRST_FAULT:
        span.fail(str(status))
