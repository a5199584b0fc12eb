"""A page of somebody else's, on another site, that shows elements of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True, kw_only=True)
class OtherSite:
    """A server of one page.

    Attributes:
        origin: of the page.
        body: what stands in it at present.
        edge: the origin that its policy lets it load from.
    """

    origin: str = ""
    body: str = ""
    edge: str = ""
    served: int = field(default=0, init=False)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Serve the page, with as strict a policy as one can have that embeds an element."""
        del request
        self.served += 1
        sockets = self.edge.replace("http", "ws", 1)
        policy = (
            f"default-src 'none'; img-src data:; script-src {self.edge};"
            f" connect-src {self.edge} {sockets}"
        )
        text = (
            '<!doctype html><html lang="en"><head><title>Elsewhere</title>'
            '<link rel="icon" href="data:,">'
            f'<script type="module" src="{self.edge}/elements.js"></script></head>'
            f"<body>{self.body}</body></html>"
        )
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=text, content_type="text/html", headers=headers)


@asynccontextmanager
async def other_site() -> AsyncIterator[OtherSite]:
    """Run it on a free port, under a name by which it is another site to a browser."""
    site = OtherSite()
    app = web.Application()
    app.router.add_get("/", site.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        listening = web.TCPSite(runner, "127.0.0.1", 0)
        await listening.start()
        port = runner.addresses[0][1]
        site.origin = f"http://localhost:{port}"
        yield site
    finally:
        await runner.cleanup()
