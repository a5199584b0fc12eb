"""`make pictures`: takes the pictures of the main screens that the documentation shows.

They are of a recorded market, so that the same dashboard gives the same pictures.
"""

import asyncio
import base64
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import click
from playwright.async_api import Browser, expect
from tests.browser.asked_for import ROOT, require_what_is_needed
from tests.browser.chromium import PATIENCE_SECONDS, running_chromium
from tests.browser.recorded_session import PRODUCTS, SHOWN, record_session
from tests.browser.screens import SCREENS, Screen
from tests.browser.visit import NARROW, THEMES, WIDE, Theme, Visit, visiting
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import RunningMesh, running_mesh

PICTURES: Final = ROOT / "docs/pictures"
# Of which it takes one, where the machine has nothing else to do.
_PLAYED_WITHIN_SECONDS: Final = 150.0
_OVER: Final = (True, dict.fromkeys(PRODUCTS, "0"))

# Blocks of text become shades of grey: figures may differ, and what stands where may not.
_DIFFERENCE: Final = """
async ([first, second]) => {
  const BLOCK = 8, NOTICEABLE = 24, COLOURS = [0, 1, 2];
  const shades = async (picture) => {
    const image = await createImageBitmap(await (await fetch(picture)).blob());
    const [width, height] = [image.width / BLOCK, image.height / BLOCK].map(Math.floor);
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  };
  const [a, b] = [await shades(first), await shades(second)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let different = 0;
  for (let block = 0; block < a.data.length; block += 4) {
    const apart = (colour) => Math.abs(a.data[block + colour] - b.data[block + colour]);
    if (COLOURS.some((colour) => apart(colour) > NOTICEABLE)) different += 1;
  }
  return different / (a.data.length / 4);
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one picture is of."""

    screen: Screen
    width: int
    theme: Theme

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return PICTURES / f"{self.screen.name}-{self.width}-{self.theme}.png"


def every_view() -> Iterator[View]:
    """Yield what there are pictures of."""
    for screen in SCREENS:
        if screen.is_pictured:
            for width in (NARROW, WIDE):
                for theme in THEMES:
                    yield View(screen=screen, width=width, theme=theme)


@asynccontextmanager
async def recorded_mesh(folder: Path) -> AsyncIterator[RunningMesh]:
    """Play the recording as fast as it goes; it is over before anybody sees it."""
    session = await asyncio.to_thread(record_session, folder / "session.dsrec")
    arguments = ("--source", f"replay:{session}", "--speed", "0")
    async with running_mesh(folder / "recorded", *arguments) as mesh:
        async with aiohttp.ClientSession(mesh.http) as asking:
            await eventually(
                partial(_progress, asking), lambda now: now == _OVER, seconds=_PLAYED_WITHIN_SECONDS
            )
        yield mesh


async def _progress(asking: aiohttp.ClientSession) -> tuple[bool, dict[str, str]]:
    """Return whether all of it has been played, and how much of each product is to be enriched."""
    async with asking.get("/api/feed/status") as answer:
        is_played = (await answer.json())["exhausted"]
    async with asking.get("/api/enrichment/status") as answer:
        products = (await answer.json())["products"]
    return is_played, {product["product"]: product["unfinished"] for product in products}


async def picture(visitor: Visit, screen: Screen) -> bytes:
    """Return what a screen looks like once nothing moves any more."""
    await visitor.go(screen.place(SHOWN))
    await expect(visitor.page.locator(screen.figures).first).to_be_visible()
    await visitor.is_said_to_be("Replay ended")
    # A screen stands still as well while what it asked for is on its way: a fit, a rank.
    await visitor.page.wait_for_load_state("networkidle")
    before = b""

    async def is_still() -> bool:
        nonlocal before
        now = await visitor.page.screenshot(animations="disabled", caret="hide")
        # The age of the data goes on being told, in seconds.
        is_same = await difference(visitor, before, now) == 0 if before else False
        before = now
        return is_same

    await eventually(is_still, bool, seconds=PATIENCE_SECONDS)
    return before


async def difference(visitor: Visit, first: bytes, second: bytes) -> float:
    """Return the share of two pictures that differs for an eye that cannot read."""
    urls = [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in (first, second)]
    blank = await visitor.page.context.new_page()
    try:
        return float(await blank.evaluate(_DIFFERENCE, urls))
    finally:
        await blank.close()


async def _take_all(folder: Path) -> None:
    async with running_chromium() as browser, recorded_mesh(folder) as mesh:
        for view in every_view():
            await _take(browser, mesh, view, folder)


async def _take(browser: Browser, mesh: RunningMesh, view: View, folder: Path) -> None:
    async with visiting(
        browser,
        mesh.http,
        width=view.width,
        theme=view.theme,
        failures=folder / "failures",
        has_failed=lambda: False,
    ) as visitor:
        view.path.write_bytes(await picture(visitor, view.screen))
    click.echo(view.path.relative_to(ROOT))


@click.command()
def main() -> None:
    """Take all pictures anew."""
    require_what_is_needed()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deltastream-pictures-") as folder:
        asyncio.run(_take_all(Path(folder)))


if __name__ == "__main__":
    main()
