"""The dashboard's files, as `make web` built them."""

from pathlib import Path
from typing import Final

from aiohttp import web

from deltastream.edge.fixed_files import FixedFile

STATIC: Final = Path(__file__).parent / "static"
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_NOT_PAGES: Final = {".br", ".gz", ".html"}


def add_dashboard(app: web.Application, folder: Path = STATIC) -> None:
    """Serve the dashboard at `/`.

    Files in `assets` have their content's hash in their name and never change; the others are
    asked for again.
    """
    page = folder / "index.html"
    if not page.is_file():
        app.router.add_get("/", _explain)
        return
    app.router.add_get("/", FixedFile(page, caching=_ASK_AGAIN).send)
    for file in folder.iterdir():
        if file.is_file() and file.suffix not in _NOT_PAGES:
            app.router.add_get(f"/{file.name}", FixedFile(file, caching=_ASK_AGAIN).send)
    for file in (folder / "assets").iterdir():
        if file.suffix not in _NOT_PAGES:
            app.router.add_get(f"/assets/{file.name}", FixedFile(file, caching=_FOREVER).send)


async def _explain(request: web.Request) -> web.StreamResponse:
    del request
    text = "The dashboard is not part of this installation: build it with `make web`.\n"
    return web.Response(status=web.HTTPNotFound.status_code, text=text)
