"""Every chart says where it is from, can be read as a table, and can be kept."""

import asyncio
import csv
import io
from typing import Final

from playwright.async_api import Download, Locator, expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import Screen, every_chart
from tests.browser.visit import Visit, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_PNG: Final = b"\x89PNG\r\n\x1a\n"


async def shown(visitor: Visit, screen: Screen) -> Locator:
    """Open a screen, and return its first figure that has been drawn."""
    await visitor.go(screen.place(PRODUCT))
    figure = visitor.page.locator("ds-figure", has=visitor.page.locator(".chart canvas")).first
    await expect(figure).to_be_visible()
    return figure


async def saved(visitor: Visit, button: Locator) -> tuple[Download, bytes]:
    """Press a button that saves a file, and return what was saved."""
    async with visitor.page.expect_download() as coming:
        await button.click()
    download = await coming.value
    return download, await asyncio.to_thread((await download.path()).read_bytes)


@every_chart
async def test_a_chart_says_its_source_time_and_assumption(
    mesh: RunningMesh, visit: Visitor, screen: Screen
) -> None:
    visitor = await visit(mesh.http)
    figure = await shown(visitor, screen)
    caption = figure.locator("figcaption")
    await expect(caption).to_contain_text("imulated")
    await expect(caption).to_contain_text("as of ")
    _, _, assumption = (await caption.inner_text()).split(" · ", 2)
    assert len(assumption) > len("Assumes")
    assert await figure.get_by_role("img").first.get_attribute("aria-label")


@every_chart
async def test_a_chart_can_be_read_as_a_table_and_kept_as_one(
    mesh: RunningMesh, visit: Visitor, screen: Screen
) -> None:
    visitor = await visit(mesh.http)
    figure = await shown(visitor, screen)
    await figure.get_by_role("button", name="Table").click()
    rows = figure.get_by_role("row")
    await expect(rows.nth(1)).to_be_visible()
    download, content = await saved(visitor, figure.get_by_role("button", name="CSV"))
    assert download.suggested_filename.endswith(".csv")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(lines) > 1
    assert {len(line) for line in lines} == {len(lines[0])}


@every_chart
async def test_a_chart_can_be_kept_as_a_picture(
    mesh: RunningMesh, visit: Visitor, screen: Screen
) -> None:
    visitor = await visit(mesh.http)
    figure = await shown(visitor, screen)
    download, content = await saved(visitor, figure.get_by_role("button", name="PNG"))
    assert download.suggested_filename.endswith(".png")
    assert content.startswith(_PNG)
