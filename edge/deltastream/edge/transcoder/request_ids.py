"""The id that ties a request to its log lines: the client's own, or one made here."""

import re
from secrets import token_hex
from typing import Final

from aiohttp import hdrs, web

_REQUEST_ID: Final = web.RequestKey("request_id", str)
_BYTES: Final = 16
_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def request_id_of(request: web.BaseRequest) -> str:
    """Return the request's id, which stays the same for as long as it is handled.

    A client's id that could break a log line or a header is replaced.
    """
    known = request.get(_REQUEST_ID)
    if known is None:
        given = request.headers.get(hdrs.X_REQUEST_ID, "")
        known = given if _ACCEPTABLE.fullmatch(given) else token_hex(_BYTES)
        request[_REQUEST_ID] = known
    return known


async def add_request_id(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Put the id on a response, as an `on_response_prepare` handler."""
    response.headers[hdrs.X_REQUEST_ID] = request_id_of(request)
