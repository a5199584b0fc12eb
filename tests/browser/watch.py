"""Hears all that a page complains of: nothing of it may go unnoticed."""

import re
from typing import Final

from playwright.async_api import BrowserContext, ConsoleMessage, Request, Response, WebError
from tests.browser.chromium import PATIENCE_SECONDS
from tests.fixtures.eventually import eventually

NETWORK: Final = (
    r"Failed to load resource",
    r"WebSocket connection to .* failed",
    r"answered 5\d\d: .*/(api|socket\.io)/",
    r"not answered \(.*\): .*/(api|socket\.io)/",
)
"""What a browser says by itself when a server that is harmed on purpose does not answer."""

# The policy is enforced by the browser, and this tells what it has stopped.
_TELL_VIOLATIONS: Final = """
addEventListener('securitypolicyviolation', (event) => {
  const { effectiveDirective, blockedURI, sample } = event;
  console.error(`content policy ${effectiveDirective} stopped ${blockedURI || sample}`);
});
"""
_COMPLAINING: Final = frozenset({"error", "warning", "assert"})
_ABANDONED: Final = "net::ERR_ABORTED"
_LEFT_BY_SCRIPTS: Final = frozenset({"fetch", "xhr"})


class Watch:
    """The complaints of all pages of a browser context.

    Attributes:
        complaints: of consoles, uncaught errors, the content policy, and requests that failed.
    """

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._tolerated: list[re.Pattern[str]] = []

    async def attend(self, context: BrowserContext) -> None:
        """Listen to a context from its first page on."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)
        await context.add_init_script(_TELL_VIOLATIONS)

    def tolerate(self, *patterns: str) -> None:
        """Let pass what a test provokes."""
        self._tolerated += map(re.compile, patterns)

    async def hears(self, pattern: str) -> None:
        """Wait until there is such a complaint."""

        async def heard() -> bool:
            return any(re.search(pattern, said) for said in self.complaints)

        await eventually(heard, bool, seconds=PATIENCE_SECONDS)

    def check(self) -> None:
        """Fail if there was a complaint that is not tolerated."""
        left = [said for said in self.complaints if not self._is_tolerated(said)]
        assert left == [], "the page complained:\n" + "\n".join(left)

    def _is_tolerated(self, complaint: str) -> bool:
        return any(pattern.search(complaint) for pattern in self._tolerated)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in _COMPLAINING:
            place = message.location
            self.complaints.append(f"console {message.type}: {message.text} ({place['url']})")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

    def _on_failure(self, request: Request) -> None:
        # A page that is left, or an element that goes, ends its own requests.
        is_left = request.failure == _ABANDONED and request.resource_type in _LEFT_BY_SCRIPTS
        if not is_left:
            self.complaints.append(f"not answered ({request.failure}): {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"answered {response.status}: {response.url}")
