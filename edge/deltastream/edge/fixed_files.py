"""Files that are read when the edge starts, and do not change while it runs."""

import mimetypes
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from deltastream.edge.answers import digest_of, tag_of
from deltastream.edge.compression import LEAST_BYTES, PLAIN, encoded_to_keep
from deltastream.edge.cors import add_vary
from deltastream.edge.representations import is_known, not_modified
from deltastream.edge.transcoder.accept import preferred

_SIBLINGS: Final = {"br": ".br", "gzip": ".gz"}
_UNKNOWN: Final = "application/octet-stream"


class FixedFile:
    """One file, in memory: no path of a request is ever looked up, and no disk waited for.

    What aiohttp sends straight from a disk is outside of the connection's own bounds: a client
    that reads nothing would be waited for without end.

    Args:
        path: of the file. A `.br` or `.gz` beside it is what is sent to who accepts that.
        caching: how long it may be kept, as a `Cache-Control` header.
    """

    def __init__(self, path: Path, *, caching: str) -> None:
        plain = path.read_bytes()
        self._kind = mimetypes.guess_type(path.name)[0] or _UNKNOWN
        self._caching = caching
        self._bodies = {PLAIN: plain} | _compressed(path, plain)
        digest = digest_of(plain)
        self._tags = {name: tag_of(digest, name) for name in self._bodies}
        self._offered = [name for name in _SIBLINGS if name in self._bodies]

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for the file."""
        accepted = request.headers.get(hdrs.ACCEPT_ENCODING, "")
        encoding = preferred(accepted, (*self._offered, PLAIN)) or PLAIN
        response = web.Response(body=self._bodies[encoding], content_type=self._kind)
        response.headers[hdrs.CACHE_CONTROL] = self._caching
        response.headers[hdrs.ETAG] = self._tags[encoding]
        if self._kind.startswith("text/"):
            response.charset = "utf-8"
        if self._offered:
            add_vary(response, hdrs.ACCEPT_ENCODING)
        if is_known(self._tags[encoding], request):
            return not_modified(response)
        if encoding != PLAIN:
            response.headers[hdrs.CONTENT_ENCODING] = encoding
        return response


def _compressed(path: Path, plain: bytes) -> dict[str, bytes]:
    siblings = {name: path.with_name(path.name + suffix) for name, suffix in _SIBLINGS.items()}
    bodies = {name: it.read_bytes() for name, it in siblings.items() if it.is_file()}
    return encoded_to_keep(plain) if not bodies and len(plain) >= LEAST_BYTES else bodies
