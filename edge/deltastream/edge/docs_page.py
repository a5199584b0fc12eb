"""Serves the OpenAPI document, and a page that shows it.

The page is made of files of our own: a Content-Security-Policy of `default-src 'self'` lets nothing
else in, and a machine without a way to the internet shows it too.
"""

from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

_HERE: Final = Path(__file__).parent
_PAGE: Final = _HERE / "docs_static"
_PACKED: Final = _HERE / "openapi.json"
_CHECKOUT: Final = _HERE.parents[2] / "gen" / "openapi" / "deltastream.json"


def openapi_file() -> Path:
    """Return where the OpenAPI document is: inside the package, or in a checkout beside it.

    Raises:
        FileNotFoundError: it is in neither place; `make gen` writes it.
    """
    for path in (_PACKED, _CHECKOUT):
        if path.is_file():
            return path
    raise FileNotFoundError(f"no OpenAPI document at {_PACKED} or {_CHECKOUT}; run `make gen`")


def add_docs(app: web.Application, *, document: Path | None = None) -> None:
    """Serve the document at /api/openapi.json and the page at /api/docs.

    Args:
        app: what to put the routes on.
        document: the OpenAPI document; found by `openapi_file` if not given.
    """
    app.router.add_get("/api/openapi.json", _serving(document or openapi_file()))
    app.router.add_get("/api/docs", _serving(_PAGE / "index.html"))
    for file in sorted(_PAGE.iterdir()):
        app.router.add_get(f"/api/docs/{file.name}", _serving(file))


def _serving(path: Path) -> Handler:
    async def serve(_: web.Request) -> web.StreamResponse:
        # FileResponse answers conditional requests, by the file's time and size.
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    return serve
