"""The dashboard's files, as `make web` built them."""

from pathlib import Path
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

STATIC: Final = Path(__file__).parent / "static"
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"


def add_dashboard(app: web.Application, folder: Path = STATIC) -> None:
    """Serve the dashboard at `/`.

    aiohttp sends the `.br` or `.gz` beside a file to clients that accept it. Files in `assets`
    have their content's hash in their name and never change; the others are asked for again.
    """
    app.router.add_get("/", lambda request: _index(request, folder))
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.suffix not in {".br", ".gz", ".html"}:
            app.router.add_get(f"/{file.name}", _sender(file))
    app.router.add_get("/assets/{name:[A-Za-z0-9._-]+}", lambda request: _asset(request, folder))


async def _index(request: web.Request, folder: Path) -> web.StreamResponse:
    del request
    page = folder / "index.html"
    if not page.is_file():
        raise web.HTTPNotFound(
            text="The dashboard is not part of this installation: build it with `make web`.\n"
        )
    return web.FileResponse(page, headers={hdrs.CACHE_CONTROL: _ASK_AGAIN})


async def _asset(request: web.Request, folder: Path) -> web.StreamResponse:
    file = folder / "assets" / request.match_info["name"]
    if not file.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(file, headers={hdrs.CACHE_CONTROL: _FOREVER})


def _sender(file: Path) -> Handler:
    async def send(request: web.Request) -> web.StreamResponse:
        del request
        return web.FileResponse(file, headers={hdrs.CACHE_CONTROL: _ASK_AGAIN})

    return send
