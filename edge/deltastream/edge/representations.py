"""What a client need not be sent again, or not in full length (RFC 9110, sections 8.8 and 12.5)."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from deltastream.edge.answers import Answer
from deltastream.edge.compression import LEAST_BYTES, PLAIN, encoding_for
from deltastream.edge.cors import add_vary
from deltastream.edge.credentials import API_KEY

_CALLER: Final = f"{hdrs.AUTHORIZATION}, {API_KEY.title()}"


def represented(
    answering: Callable[[web.Request], Awaitable[Answer]],
    *,
    secret: bool,
    for_anybody: bool = True,
) -> Handler:
    """Return a handler whose answers are compressed and conditional where that serves.

    Args:
        answering: gives the answers.
        secret: whether nobody may keep one.
        for_anybody: whether an answer is the same whoever asks. Where it is not, what one caller
            was told is nothing that a cache may tell another.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        answer = await answering(request)
        body = answer.body
        response = web.Response(body=body, headers=answer.headers)
        if secret:
            # Nor is it compressed: its length would tell of it.
            response.headers[hdrs.CACHE_CONTROL] = "no-store"
            return response
        encoding = encoding_for(body, request.headers.get(hdrs.ACCEPT_ENCODING))
        if len(body) >= LEAST_BYTES:
            add_vary(response, hdrs.ACCEPT_ENCODING)
        if request.method == hdrs.METH_GET:
            tag = answer.tag(encoding)
            response.headers[hdrs.ETAG] = tag
            # It may be kept, and is asked about each time.
            response.headers[hdrs.CACHE_CONTROL] = "no-cache"
            if not for_anybody:
                add_vary(response, _CALLER)
            if is_known(tag, request):
                return not_modified(response)
        if encoding != PLAIN:
            response.body = await answer.encoded(encoding)
            response.headers[hdrs.CONTENT_ENCODING] = encoding
        return response

    return handle


def is_known(tag: str, request: web.Request) -> bool:
    """Say whether a client has what bears the tag (`If-None-Match`)."""
    stated = request.headers.get(hdrs.IF_NONE_MATCH)
    if stated is None:
        return False
    tags = (part.strip().removeprefix("W/") for part in stated.split(","))
    return any(part in {tag, "*"} for part in tags)


def not_modified(response: web.Response) -> web.Response:
    """Return what tells a client to use what it has, instead of a response."""
    told = (hdrs.ETAG, hdrs.CACHE_CONTROL, hdrs.VARY)
    headers = {name: response.headers[name] for name in told if name in response.headers}
    return web.Response(status=web.HTTPNotModified.status_code, headers=headers)
