"""Serves the OpenAPI and AsyncAPI documents, and a page that shows what can be called.

The page is made of files of our own: a Content-Security-Policy of `default-src 'self'` lets nothing
else in, and a machine without a way to the internet shows it too.
"""

from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from deltastream.edge.fixed_files import FixedFile

DOCUMENTS: Final = ("openapi", "asyncapi")
"""The kinds of documents, as their files and routes name them."""
_HERE: Final = Path(__file__).parent
_PAGE: Final = _HERE / "docs_static"
_GENERATED: Final = _HERE.parents[2] / "gen"


def document_file(kind: str) -> Path:
    """Return where a document is: inside the package, or in a checkout beside it.

    Args:
        kind: one of `DOCUMENTS`.

    Raises:
        FileNotFoundError: it is in neither place; `make gen` writes it.
    """
    packed, checkout = _HERE / f"{kind}.json", _GENERATED / kind / "deltastream.json"
    for path in (packed, checkout):
        if path.is_file():
            return path
    raise FileNotFoundError(f"no {kind} document at {packed} or {checkout}; run `make gen`")


def add_docs(app: web.Application) -> None:
    """Serve the documents at /api/openapi.json and /api/asyncapi.json, and the page at /api/docs.

    Args:
        app: what to put the routes on.

    Raises:
        FileNotFoundError: a document was not generated.
    """
    for kind in DOCUMENTS:
        app.router.add_get(f"/api/{kind}.json", _serving(document_file(kind)))
    app.router.add_get("/api/docs", _serving(_PAGE / "index.html"))
    for file in sorted(_PAGE.iterdir()):
        app.router.add_get(f"/api/docs/{file.name}", _serving(file))


def _serving(path: Path) -> Handler:
    return FixedFile(path, caching="no-cache").send
