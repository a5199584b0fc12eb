"""Headers that keep other sites and injected content away from the dashboard."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiohttp import web

from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.protocol import SERVER

# All that the dashboard and the documentation are made of comes from files of ours: nothing in
# a page's own text is ever run.
_CONTENT: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
)
_HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TLS_ONLY: Final = "max-age=31536000"


def security_headers(
    *,
    callers: Callers,
    frame_ancestors: Sequence[str] = (),
    shared: bool = False,
) -> Callable[[web.BaseRequest, web.StreamResponse], Awaitable[None]]:
    """Return an `on_response_prepare` handler that puts the headers on every response.

    Args:
        callers: knows what came over TLS.
        frame_ancestors: the origins whose pages may show ours in a frame.
        shared: whether pages of other sites may load what is served.
    """
    ancestors = " ".join(frame_ancestors) or "'none'"
    fixed = _HEADERS | {
        "Content-Security-Policy": f"{_CONTENT}; frame-ancestors {ancestors}",
        "Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-origin",
    }
    if not frame_ancestors:
        # For what is older than frame-ancestors. It could not name anybody.
        fixed["X-Frame-Options"] = "DENY"

    async def add(request: web.BaseRequest, response: web.StreamResponse) -> None:
        headers = response.headers
        for name, value in fixed.items():
            headers.setdefault(name, value)
        if callers.is_secure(request):
            headers["Strict-Transport-Security"] = _TLS_ONLY
        # The versions behind it are nobody's business.
        headers["Server"] = SERVER

    return add
