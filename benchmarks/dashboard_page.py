"""One page of the dashboard under measurement."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from playwright._impl._api_structures import LocalStorageEntry, ViewportSize
from playwright.async_api import Browser, CDPSession, Page, Request

WINDOW: Final[ViewportSize] = {"width": 1920, "height": 1080}
_PATIENCE_MILLISECONDS: Final = 30_000
_DRAWING: Final = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
_MEGABYTE: Final = 1024 * 1024

# Notes, in the page itself, when its first row stood there, and every task that kept it waiting.
_NOTE: Final = """
window.longTasks = [];
new PerformanceObserver((list) => {
  longTasks.push(...list.getEntries().map((entry) => entry.duration));
}).observe({ type: 'longtask', buffered: true });
const within = (root, tag) => root?.querySelector(tag)?.shadowRoot;
const look = () => {
  const app = within(document, 'ds-app');
  const grid = within(within(app, 'ds-option-chain'), 'ds-chain-grid');
  const badge = within(app, 'ds-connection-badge')?.querySelector('[role=status]');
  if (grid?.querySelector('.body .atm') && badge?.textContent.trim() === 'Live') {
    window.firstRow = performance.now();
  } else {
    requestAnimationFrame(look);
  }
};
look();
"""
# Counts the frames in which the table was drawn anew.
_COUNT_DRAWINGS: Final = """
() => {
  const within = (root, tag) => root.querySelector(tag).shadowRoot;
  const chain = within(within(document, 'ds-app'), 'ds-option-chain');
  const body = within(chain, 'ds-chain-grid').querySelector('.body');
  let drawnAt;
  window.drawings = 0;
  new MutationObserver(() => {
    if (document.timeline.currentTime !== drawnAt) window.drawings += 1;
    drawnAt = document.timeline.currentTime;
  }).observe(body, { subtree: true, characterData: true });
}
"""
# The text of every cell of the rows in view, and again when the table has been drawn anew.
_BEFORE_AND_AFTER: Final = """
async () => {
  const within = (root, tag) => root.querySelector(tag).shadowRoot;
  const chain = within(within(document, 'ds-app'), 'ds-option-chain');
  const grid = within(chain, 'ds-chain-grid');
  const { top, bottom } = grid.querySelector('.scroller').getBoundingClientRect();
  const isInView = (row) => {
    const { y } = row.getBoundingClientRect();
    return y > top && y < bottom;
  };
  const rows = [...grid.querySelectorAll('.body .row')];
  const cellsOf = (row) => [...row.querySelectorAll(':scope > [role]')];
  const cells = rows.filter(isInView).flatMap(cellsOf);
  const texts = () => cells.map((cell) => cell.textContent);
  const before = texts();
  await new Promise((drawn) => {
    const observer = new MutationObserver(() => { observer.disconnect(); drawn(); });
    observer.observe(grid.querySelector('.body'), { subtree: true, characterData: true });
  });
  await new Promise((drawn) => requestAnimationFrame(drawn));
  const after = texts();
  return {
    strikes: rows.length,
    columns: cellsOf(rows[0]).length,
    changed: after.filter((text, index) => text !== before[index]).length / after.length,
  };
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What one new chain did to the table.

    Attributes:
        strikes: rows of the table.
        columns: of the table.
        changed: the share of the cells in view whose text is another one.
    """

    strikes: int
    columns: int
    changed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How often the table was drawn anew in some time.

    Attributes:
        drawings: frames; what comes while one is drawn is in the next.
        processor: seconds of the page's thread for its scripts, styles and layout.
        seconds: the time.
    """

    drawings: int
    processor: float
    seconds: float

    def since(self, before: "Drawn") -> "Drawn":
        """Return what came after an earlier moment."""
        return Drawn(
            drawings=self.drawings - before.drawings,
            processor=self.processor - before.processor,
            seconds=self.seconds - before.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPage:
    """A page that is open.

    Attributes:
        page: the browser's.
        devtools: how the browser is asked for what it has counted.
        fetched: the names of all files of the dashboard that were fetched.
    """

    page: Page
    devtools: CDPSession
    fetched: set[str]

    async def first_row(self) -> float:
        """Return after how many seconds from the navigation the first live row stood there."""
        await self.page.wait_for_function("() => window.firstRow", timeout=_PATIENCE_MILLISECONDS)
        return float(await self.page.evaluate("firstRow")) / 1000

    async def next_tick(self) -> Tick:
        """Wait for the table to be drawn anew, and compare."""
        async with asyncio.timeout(_PATIENCE_MILLISECONDS / 1000):
            return Tick(**await self.page.evaluate(_BEFORE_AND_AFTER))

    async def drawing_every_second(self, seconds: float) -> list[Drawn]:
        """Return, for one second after the other, what was drawn in it, and what that took."""
        await self.page.evaluate(_COUNT_DRAWINGS)
        every: list[Drawn] = []
        before = await self._drawn()
        while len(every) < seconds:
            await asyncio.sleep(1.0)
            now = await self._drawn()
            every.append(now.since(before))
            before = now
        return every

    async def _drawn(self) -> Drawn:
        """Return what was drawn since the counting began, and when it was looked at."""
        used = await drawing_seconds(self.devtools)
        drawings = int(await self.page.evaluate("drawings"))
        return Drawn(drawings=drawings, processor=used, seconds=time.perf_counter())

    async def long_tasks(self, *, longer_than: float) -> int:
        """Count the tasks since the last question that took longer than so many seconds."""
        durations: list[float] = await self.page.evaluate("longTasks.splice(0)")
        return sum(duration > 1000 * longer_than for duration in durations)

    async def heap(self) -> float:
        """Return the megabytes that are in use after all garbage has been collected."""
        await self.devtools.send("HeapProfiler.collectGarbage")
        used: dict[str, Any] = await self.devtools.send("Runtime.getHeapUsage")
        return float(used["usedSize"]) / _MEGABYTE


async def thread_metrics(page: Page) -> CDPSession:
    """Have a page count what its thread does, and not what else this machine does meanwhile."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    return devtools


async def drawing_seconds(devtools: CDPSession) -> float:
    """Return what scripts, styles and layout have used of the processor so far."""
    counted = await devtools.send("Performance.getMetrics")
    metrics: dict[str, float] = {one["name"]: one["value"] for one in counted["metrics"]}
    return sum(metrics[name] for name in _DRAWING)


@asynccontextmanager
async def measured_page(
    browser: Browser, url: str, *, kept: Mapping[str, str] | None = None
) -> AsyncIterator[MeasuredPage]:
    """Open an address in a fresh context: nothing is in its cache.

    Args:
        browser: which.
        url: the address.
        kept: what the browser has kept for the page from earlier visits, by name.
    """
    local: list[LocalStorageEntry] = [
        {"name": name, "value": text} for name, text in (kept or {}).items()
    ]
    context = await browser.new_context(
        viewport=WINDOW,
        storage_state={"cookies": [], "origins": [{"origin": _origin(url), "localStorage": local}]},
    )
    fetched: set[str] = set()

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        path = parts.path.removeprefix("/")
        if parts.scheme.startswith("http") and not path.startswith(("api/", "socket.io/")):
            fetched.add(path)

    try:
        page = await context.new_page()
        page.on("request", note)
        await page.add_init_script(_NOTE)
        devtools = await thread_metrics(page)
        await page.goto(url)
        yield MeasuredPage(page=page, devtools=devtools, fetched=fetched)
    finally:
        await context.close()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
