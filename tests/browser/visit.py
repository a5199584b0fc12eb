"""One visitor of a dashboard, with a browser of his own."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from playwright._impl._api_structures import OriginState
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from tests.browser.watch import Watch

Theme = Literal["dark", "light"]
THEMES: Final[tuple[Theme, ...]] = ("dark", "light")
NARROW: Final = 390
WIDE: Final = 1440
_HEIGHTS: Final = {NARROW: 844, WIDE: 900}

_PREFERENCES: Final = "deltastream.preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page of a dashboard.

    Attributes:
        page: the browser's.
        watch: hears its complaints.
        origin: of the edge.
    """

    page: Page
    watch: Watch
    origin: str

    async def go(self, place: str = "") -> None:
        """Open the dashboard at a place, such as "#/chain/NIFTY"."""
        await self.page.goto(f"{self.origin}/{place}")

    @property
    def badge(self) -> Locator:
        """Says whether what is shown is of now."""
        return self.page.locator("ds-connection-badge [role=status]")

    async def is_said_to_be(self, words: str, *, within: float | None = None) -> None:
        """Wait until the badge says this."""
        await expect(self.badge).to_have_text(
            words, timeout=None if within is None else within * 1000
        )


class Visitor(Protocol):
    """Opens a page in a fresh context."""

    async def __call__(self, origin: str, *, width: int = ..., theme: Theme = ...) -> Visit:
        """Open it.

        Args:
            origin: of the edge.
            width: of the page.
            theme: that the visitor chose earlier.
        """


@asynccontextmanager
async def visiting(
    browser: Browser,
    origin: str,
    *,
    width: int = WIDE,
    theme: Theme = "dark",
    failures: Path,
    has_failed: Callable[[], bool],
) -> AsyncIterator[Visit]:
    """Open a blank page in a fresh context, and judge its complaints at the end.

    Args:
        browser: which.
        origin: of the edge.
        width: of the page.
        theme: that the visitor chose earlier.
        failures: where trace and pictures of a visit that failed are kept.
        has_failed: asked at the end, whether it did, complaints apart.
    """
    context = await browser.new_context(
        viewport={"width": width, "height": _HEIGHTS.get(width, 900)},
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
        storage_state={"cookies": [], "origins": [_kept(origin, {"theme": theme})]},
    )
    watch = Watch()
    is_well = False
    try:
        await watch.attend(context)
        await context.tracing.start()
        page = await context.new_page()
        yield Visit(page=page, watch=watch, origin=origin)
        watch.check()
        is_well = not has_failed()
    finally:
        await _keep(context, None if is_well else failures)
        await context.close()


def _kept(origin: str, preferences: Mapping[str, object]) -> OriginState:
    """Return what a browser keeps of a visitor who has been here before."""
    return {
        "origin": origin,
        "localStorage": [{"name": _PREFERENCES, "value": json.dumps(preferences)}],
    }


async def _keep(context: BrowserContext, folder: Path | None) -> None:
    """Keep what happened, where somebody wants to see it."""
    if folder is None:
        await context.tracing.stop()
        return
    # Playwright makes the folder.
    for number, page in enumerate(context.pages, start=1):
        await page.screenshot(path=folder / f"page-{number}.png")
    await context.tracing.stop(path=folder / "trace.zip")
