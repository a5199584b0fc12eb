"""HTTP requests of the transport, before the engine sees them."""

import asyncio

from aiohttp import hdrs, web


def is_websocket(request: web.Request) -> bool:
    """Say whether the request opens a websocket."""
    return request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"


def without_compression(request: web.Request) -> web.Request:
    """Return the request as if the client could not inflate messages.

    aiohttp compresses where a client offers it, as browsers do, and would do so for every client
    anew: the whole fan-out of an event would cost what 200 compressions cost.
    """
    headers = request.headers.copy()
    headers.popall(hdrs.SEC_WEBSOCKET_EXTENSIONS, None)
    return request.clone(headers=headers)


async def receive_body(request: web.Request, *, limit: int, seconds: float) -> None:
    """Wait until the body is here, so that the engine need not wait for a slow client.

    Raises:
        HTTPLengthRequired: the length is not stated.
        HTTPRequestEntityTooLarge: the body is longer than `limit` bytes.
        HTTPRequestTimeout: it took longer than `seconds`.
    """
    if request.content_length is None:
        raise web.HTTPLengthRequired
    if request.content_length > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length)
    try:
        async with asyncio.timeout(seconds):
            await request.content.wait_eof()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
