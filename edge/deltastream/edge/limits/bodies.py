"""Which kinds of request bodies are read."""

from typing import Final

import grpc
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from deltastream.edge.errors.statuses import StatusError, status_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

_PLAIN: Final = "identity"
_MULTIPART: Final = "multipart/"


@web.middleware
async def plain_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse compressed bodies, a kilobyte of which may become a gigabyte, and multipart ones."""
    headers = request.headers
    encoding = headers.get(hdrs.CONTENT_ENCODING)
    if encoding is not None and encoding.strip().lower() != _PLAIN:
        raise _unsupported("send the body as it is: no Content-Encoding is read")
    if headers.get(hdrs.CONTENT_TYPE, "").lstrip().lower().startswith(_MULTIPART):
        raise _unsupported("send the body as JSON: no parts are read")
    return await handler(request)


def _unsupported(message: str) -> StatusError:
    return StatusError(
        status_of(
            grpc.StatusCode.INVALID_ARGUMENT,
            ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
            message,
        ),
        http_status=web.HTTPUnsupportedMediaType.status_code,
    )
