"""The dashboard's files, as `make web` built them."""

from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

STATIC: Final = Path(__file__).parent / "static"
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_NOT_PAGES: Final = {".br", ".gz", ".html"}


def add_dashboard(app: web.Application, folder: Path = STATIC) -> None:
    """Serve the dashboard at `/`.

    aiohttp sends the `.br` or `.gz` beside a file to clients that accept it. Files in `assets`
    have their content's hash in their name and never change; the others are asked for again.
    """
    page = folder / "index.html"
    if not page.is_file():
        app.router.add_get("/", _explain)
        return
    app.router.add_get("/", _File(page, caching=_ASK_AGAIN).send)
    for file in folder.iterdir():
        if file.is_file() and file.suffix not in _NOT_PAGES:
            app.router.add_get(f"/{file.name}", _File(file, caching=_ASK_AGAIN).send)
    for file in (folder / "assets").iterdir():
        if file.suffix not in _NOT_PAGES:
            app.router.add_get(f"/assets/{file.name}", _File(file, caching=_FOREVER).send)


class _File:
    """One file; the files are known at start, so no path of a request is ever looked up."""

    def __init__(self, path: Path, *, caching: str) -> None:
        self._path = path
        self._caching = caching

    async def send(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.FileResponse(self._path, headers={hdrs.CACHE_CONTROL: self._caching})


async def _explain(request: web.Request) -> web.StreamResponse:
    del request
    text = "The dashboard is not part of this installation: build it with `make web`.\n"
    return web.Response(status=web.HTTPNotFound.status_code, text=text)
