"""What a browser takes here for as many changing cells with nothing of ours around them."""

import asyncio
from typing import Final

from benchmarks.dashboard_page import WINDOW, thread_metrics, work_of
from benchmarks.report import Figure
from playwright.async_api import Browser

# A table as anybody would write it, the size of ours, whose rows in view show other figures.
_PAGE: Final = """
<!doctype html>
<style>
  body { margin: 0; font: 13px/28px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
  main { height: 800px; overflow: auto; }
  div { display: grid; grid-template-columns: repeat(COLUMNS, minmax(0, 1fr)); height: 28px; }
  span { overflow: hidden; text-align: right; white-space: nowrap; }
</style>
<main>ROWS</main>
"""
_CHANGE: Final = """
([share, every]) => {
  const cells = [...document.querySelectorAll('span')].filter(
    (cell) => cell.getBoundingClientRect().top < document.querySelector('main').clientHeight,
  );
  const figure = new Intl.NumberFormat('en-IN', { minimumFractionDigits: 2 });
  window.ticks = 0;
  const tick = () => {
    for (const cell of cells) {
      if (Math.random() < share) cell.firstChild.data = figure.format(Math.random() * 9999);
    }
    ticks += 1;
  };
  // A page that is slower than the ticks draws what has come in one go, as ours does.
  let isDue = false;
  setInterval(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      tick();
    });
  }, every);
}
"""
_EVERY_MILLISECONDS: Final = 100


async def bare_table(
    browser: Browser, *, strikes: int, columns: int, changed: float, seconds: float
) -> Figure:
    """Measure a page of bare cells.

    Args:
        browser: which.
        strikes: rows.
        columns: cells of a row.
        changed: the share of the cells in view that a tick changes.
        seconds: how long.
    """
    row = f"<div>{'<span>9,999.25</span>' * columns}</div>"
    page = await browser.new_page(viewport=WINDOW)
    try:
        await page.set_content(
            _PAGE.replace("COLUMNS", str(columns)).replace("ROWS", row * strikes)
        )
        devtools = await thread_metrics(page)
        await page.evaluate(_CHANGE, [changed, _EVERY_MILLISECONDS])
        before, ticks = await work_of(devtools), await page.evaluate("ticks")
        await asyncio.sleep(seconds)
        used = await work_of(devtools) - before
        ticks = await page.evaluate("ticks") - ticks
    finally:
        await page.close()
    return Figure(
        name=(
            f"limit: a bare grid of so many cells, {changed:.0%} of those in view changed:"
            " scripts and layout a tick"
        ),
        value=1e3 * (used.scripts + used.layout) / ticks,
        unit="ms",
    )
