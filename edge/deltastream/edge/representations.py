"""What a client need not be sent again, or not in full length (RFC 9110, sections 8.8 and 12.5)."""

import asyncio
import zlib
from hashlib import blake2b
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from deltastream.edge.cors import add_vary
from deltastream.edge.transcoder.accept import preferred

_GZIP: Final = "gzip"
_PLAIN: Final = "identity"
LEAST_BYTES: Final = 1024
"""Below this the headers outweigh what compression saves."""
# Above this compressing would hold up everybody else: it is done in a thread.
_MOST_INLINE_BYTES: Final = 131_072
# Three times as fast as the default, for a tenth more bytes.
_LEVEL: Final = 1
_GZIP_WINDOW: Final = 31
_TAG_BYTES: Final = 12
_OK: Final = 200


def represented(handler: Handler, *, secret: bool) -> Handler:
    """Return a handler whose answers are compressed and conditional where that serves.

    Args:
        handler: gives whole answers: streams must not come here.
        secret: whether nobody may keep an answer.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await handler(request)
        if not isinstance(response, web.Response) or response.status != _OK:
            return response
        body = response.body
        if secret:
            response.headers[hdrs.CACHE_CONTROL] = "no-store"
        # What holds a secret is not compressed either: its length would tell of it.
        if secret or not isinstance(body, bytes):
            return response
        encoding = _encoding_for(request, body)
        if len(body) >= LEAST_BYTES:
            add_vary(response, hdrs.ACCEPT_ENCODING)
        if request.method == hdrs.METH_GET:
            tag = tag_of(body, encoding)
            response.headers[hdrs.ETAG] = tag
            # It may be kept, and is asked about each time.
            response.headers[hdrs.CACHE_CONTROL] = "no-cache"
            if is_known(tag, request):
                return not_modified(response)
        return response if encoding == _PLAIN else await _encoded(response, body, encoding)

    return handle


def _encoding_for(request: web.Request, body: bytes) -> str:
    if len(body) < LEAST_BYTES:
        return _PLAIN
    accepted = request.headers.get(hdrs.ACCEPT_ENCODING)
    if accepted is None:
        return _PLAIN
    return preferred(accepted, (_GZIP,)) or _PLAIN


def tag_of(body: bytes, encoding: str) -> str:
    """Return a strong tag: other bytes, other tag, also where only their encoding differs."""
    digest = blake2b(body, digest_size=_TAG_BYTES).hexdigest()
    return f'"{digest}"' if encoding == _PLAIN else f'"{digest}-{encoding}"'


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


async def _encoded(response: web.Response, body: bytes, encoding: str) -> web.Response:
    inline = len(body) <= _MOST_INLINE_BYTES
    response.body = gzipped(body) if inline else await asyncio.to_thread(gzipped, body)
    response.headers[hdrs.CONTENT_ENCODING] = encoding
    return response


def gzipped(body: bytes) -> bytes:
    """Return it compressed."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    return compressor.compress(body) + compressor.flush()
