"""What the dashboard costs those who look at it: bytes, waiting, processor, memory.

Measured in Debian's Chromium, on a real mesh whose invented market has 121 strikes and says them
ten times a second.
"""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.dashboard_assets import fetched_figure, shell_figures
from benchmarks.dashboard_limit import bare_table
from benchmarks.dashboard_page import Drawn, MeasuredPage, measured_page
from benchmarks.mesh import published
from benchmarks.report import Figure, median
from playwright.async_api import Browser, expect
from tests.browser.chromium import running_chromium
from tests.browser.screens import SCREENS
from tests.fixtures.running_mesh import RunningMesh, running_mesh

_PRODUCT: Final = "NIFTY"
_STRIKES: Final = 121
_VISITS: Final = 7
_LONG_TASK: Final = 0.1
_CHANGED: Final = 0.3
# Of `--seconds`: a minute for the tasks and ten for the heap, by default.
_TASKS_LAST: Final = 4
_HEAP_LASTS: Final = 40
_HEAP_LOOKS: Final = 10
# Ten of each side, as somebody with a wide screen chooses them: with the strike's, 21.
_COLUMNS: Final = {
    "deltastream.chain.columns": json.dumps(
        {
            "greeks": [
                *("open_interest", "change_in_open_interest", "volume", "bid", "ask"),
                *("last", "iv", "delta", "gamma", "theta"),
            ]
        }
    )
}
_SETTINGS: Final = {
    "DELTASTREAM_STRIKES": str(_STRIKES),
    "DELTASTREAM_EXPIRIES": "1",
    "DELTASTREAM_CHAIN_INTERVAL": "0.1",
    # Of eight chains five follow a move of the price, which changes a third of the cells and more;
    # after no move only what was traded changes. That makes 30 % of the cells.
    "DELTASTREAM_TICK_INTERVAL": "0.16",
    "DELTASTREAM_CLIENT_RATE": "0",
}


async def dashboard(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure it on a market at rest and on a busy one.

    Args:
        folder: for the meshes.
        seconds: a fortieth of how long the heap is watched, a quarter of how long tasks are.
    """
    async with running_chromium() as browser:
        async with running_mesh(folder / "dashboard") as mesh:
            figures = [*shell_figures(), *await _charts(browser, mesh)]
            figures.append(await _first_row(browser, mesh))
        busy = running_mesh(folder / "busy", "--products", _PRODUCT, **_SETTINGS)
        async with (
            busy as mesh,
            measured_page(browser, f"{_chain(mesh)}?mode=greeks", kept=_COLUMNS) as page,
        ):
            await page.first_row()
            figures += await _drawing(browser, mesh, page, seconds=_TASKS_LAST * seconds)
            figures += await _heap(page, seconds=_HEAP_LASTS * seconds)
    return figures


def _chain(mesh: RunningMesh) -> str:
    return f"{mesh.http}/#/chain/{_PRODUCT}"


async def _charts(browser: Browser, mesh: RunningMesh) -> list[Figure]:
    figures: list[Figure] = []
    async with measured_page(browser, _chain(mesh)) as measured:
        for screen in SCREENS:
            await measured.page.goto(f"{mesh.http}/{screen.place(_PRODUCT)}")
            await expect(measured.page.locator(screen.figures).first).to_be_visible()
            if screen.has_figures and not figures:
                files = measured.fetched
                figures.append(fetched_figure("the chain and a chart", files, wanted="at most 230"))
        return [*figures, fetched_figure(f"all {len(SCREENS)} screens", measured.fetched)]


async def _first_row(browser: Browser, mesh: RunningMesh) -> Figure:
    waited = []
    for _ in range(_VISITS):
        async with measured_page(browser, _chain(mesh)) as page:
            waited.append(await page.first_row())
    return Figure(
        name=f"from the navigation to the first live row, median of {_VISITS}",
        value=median(waited),
        unit="s",
        wanted="at most 1.5",
    )


async def _drawing(
    browser: Browser, mesh: RunningMesh, page: MeasuredPage, *, seconds: float
) -> list[Figure]:
    table = await page.begin_counting()
    await page.long_tasks(longer_than=_LONG_TASK)
    chains, begun = await _chains(mesh), time.perf_counter()
    every = await page.drawn_every_second(seconds)
    rate = (await _chains(mesh) - chains) / (time.perf_counter() - begun)
    load = f"{table.strikes} strikes of {table.columns} columns, {rate:.1f} times a second"

    def each_tick(what: Callable[[Drawn], float]) -> float:
        return median([what(drawn) / (rate * drawn.seconds) for drawn in every])

    return [
        Figure(
            name=f"{load}: scripts and layout a tick, median",
            value=1e3 * each_tick(lambda drawn: drawn.work.scripts + drawn.work.layout),
            unit="ms",
            wanted="at most 8",
        ),
        Figure(
            name=f"{load}: styles a tick besides, median",
            value=1e3 * each_tick(lambda drawn: drawn.work.styles),
            unit="ms",
        ),
        Figure(
            name=f"{load}: cells in view that a tick changes, median",
            value=100 * each_tick(lambda drawn: drawn.changed / table.cells),
            unit="%",
            wanted="at least 30",
        ),
        Figure(
            name=f"{load}: drawings, those of prices between chains included, median",
            value=median([drawn.drawings / drawn.seconds for drawn in every]),
            unit="/s",
        ),
        Figure(
            name=f"{load}: tasks longer than 100 ms in {seconds:.0f} s",
            value=await page.long_tasks(longer_than=_LONG_TASK),
            unit="tasks",
            wanted="0",
        ),
        # With the busy mesh and the busy page beside it.
        await bare_table(
            browser,
            strikes=table.strikes,
            columns=table.columns,
            changed=_CHANGED,
            seconds=seconds / _TASKS_LAST,
        ),
    ]


async def _chains(mesh: RunningMesh) -> int:
    return (await published(mesh))[_PRODUCT].chains


async def _heap(page: MeasuredPage, *, seconds: float) -> list[Figure]:
    heaps = [await page.heap()]
    for _ in range(_HEAP_LOOKS):
        await asyncio.sleep(seconds / _HEAP_LOOKS)
        heaps.append(await page.heap())
    # What grows for ever grows in the second half, too, when everything bounded is full.
    half = len(heaps) // 2
    early, late = median(heaps[:half]), median(heaps[-half:])
    return [
        Figure(name=f"heap of the page after {seconds:.0f} s of that", value=heaps[-1], unit="MB"),
        Figure(
            name=f"growth of the heap between the halves of {seconds:.0f} s",
            value=100 * (late / early - 1),
            unit="%",
            wanted="at most 5: flat",
        ),
    ]
