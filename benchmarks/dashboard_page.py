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
# Counts the frames in which the table was drawn anew, and the cells in view that were another text.
_COUNT: Final = """
() => {
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
  const cells = new Set(rows.filter(isInView).flatMap(cellsOf));
  window.drawn = { drawings: 0, changed: 0 };
  let drawnAt;
  new MutationObserver((changes) => {
    if (document.timeline.currentTime !== drawnAt) drawn.drawings += 1;
    drawnAt = document.timeline.currentTime;
    for (const { target } of changes) drawn.changed += cells.has(target.parentElement);
  }).observe(grid.querySelector('.body'), { subtree: true, characterData: true });
  return { strikes: rows.length, columns: cellsOf(rows[0]).length, cells: cells.size };
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The table that is drawn.

    Attributes:
        strikes: its rows.
        columns: of each.
        cells: how many are in view.
    """

    strikes: int
    columns: int
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Seconds of the page's thread."""

    scripts: float
    styles: float
    layout: float

    def __sub__(self, before: "Work") -> "Work":
        """Return what was done after an earlier moment."""
        return Work(
            scripts=self.scripts - before.scripts,
            styles=self.styles - before.styles,
            layout=self.layout - before.layout,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was drawn in some time.

    Attributes:
        drawings: frames; what comes while one is drawn is in the next.
        changed: how often a cell in view was given another text.
        work: what that took.
        seconds: the time.
    """

    drawings: int
    changed: int
    work: Work
    seconds: float

    def __sub__(self, before: "Drawn") -> "Drawn":
        """Return what came after an earlier moment."""
        return Drawn(
            drawings=self.drawings - before.drawings,
            changed=self.changed - before.changed,
            work=self.work - before.work,
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

    async def begin_counting(self) -> Table:
        """Count from now on what is drawn in the rows that are in view now."""
        return Table(**await self.page.evaluate(_COUNT))

    async def drawn_every_second(self, seconds: float) -> list[Drawn]:
        """Return, for one second after the other, what was drawn in it, and what that took."""
        every: list[Drawn] = []
        before = await self._drawn()
        while len(every) < seconds:
            await asyncio.sleep(1.0)
            now = await self._drawn()
            every.append(now - before)
            before = now
        return every

    async def _drawn(self) -> Drawn:
        """Return what was drawn since the counting began, and when it was looked at."""
        work = await work_of(self.devtools)
        counted: dict[str, int] = await self.page.evaluate("drawn")
        return Drawn(**counted, work=work, seconds=time.perf_counter())

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


async def work_of(devtools: CDPSession) -> Work:
    """Return what a page's thread has done so far."""
    counted = await devtools.send("Performance.getMetrics")
    metrics: dict[str, float] = {one["name"]: one["value"] for one in counted["metrics"]}
    return Work(
        scripts=metrics["ScriptDuration"],
        styles=metrics["RecalcStyleDuration"],
        layout=metrics["LayoutDuration"],
    )


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
