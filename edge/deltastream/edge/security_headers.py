"""Headers that keep other sites and injected content away from the dashboard."""

from typing import Final

from aiohttp import web

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def add_security_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Put the headers on a response, as an `on_response_prepare` handler."""
    del request
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # The versions behind it are nobody's business.
    response.headers["Server"] = "DeltaStream"
