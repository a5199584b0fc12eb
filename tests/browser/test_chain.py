"""What can be done with the chain: choose its columns, ask a figure where it is from, keep it."""

import asyncio
import csv
import re
from typing import Final

from playwright.async_api import expect
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.visit import Visit, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_AFTER: Final = "(cell) => getComputedStyle(cell, '::after').content"


async def chain_of(visitor: Visit) -> ChainScreen:
    """Open the chain."""
    await visitor.go(CHAIN.place(PRODUCT))
    chain = ChainScreen(visitor.page)
    await chain.is_there()
    return chain


async def test_a_csv_file_has_every_strike_and_both_sides_as_they_were_shown(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    chain = await chain_of(visitor)
    # So that what is shown is what is saved.
    await visitor.page.get_by_role("button", name="Pause").click()
    strikes = await chain.strikes.all_inner_texts()
    async with visitor.page.expect_download() as coming:
        await visitor.page.get_by_role("button", name="CSV").click()
    download = await coming.value
    assert download.suggested_filename.startswith(f"{PRODUCT}-")
    text = await asyncio.to_thread((await download.path()).read_text, encoding="utf-8-sig")
    header, *rows = csv.reader(text.splitlines())
    strike = [name.lower().startswith("strike") for name in header].index(True)
    assert [float(row[strike]) for row in rows] == [
        float(shown.replace(",", "")) for shown in strikes
    ]
    sides = [sum(name.startswith(side) for name in header) for side in ("call_", "put_")]
    assert sides == [strike, strike], "the strike stands between equally many columns"


async def test_chosen_columns_are_those_of_both_sides_and_are_remembered(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    chain = await chain_of(visitor)
    page = visitor.page
    volume = chain.table.get_by_role("columnheader", name="Volume", exact=True)
    await expect(volume).to_have_count(2)
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_role("dialog", name="Columns").get_by_label("Volume").uncheck()
    await expect(volume).to_have_count(0)
    await page.reload()
    await chain.is_there()
    await expect(volume).to_have_count(0)
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_role("button", name="Reset to defaults").click()
    await expect(volume).to_have_count(2)


async def test_a_change_has_a_triangle_whoever_chooses_the_colours(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    chain = await chain_of(visitor)
    change = chain.table.locator(".body .up, .body .down").first
    await expect(change).to_have_css("background-image", re.compile("linear-gradient"))
    await visitor.page.emulate_media(forced_colors="active")
    await expect(change).to_have_css("background-image", re.compile("^none"))
    assert await change.evaluate(_AFTER) in {'"▲" / ""', '"▼" / ""'}


async def test_a_figure_that_is_clicked_says_where_it_is_from(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(CHAIN.place(PRODUCT, mode="greeks"))
    chain = ChainScreen(visitor.page)
    await chain.is_there()
    await chain.cell("iv").click()
    explanation = visitor.page.get_by_role("dialog")
    for heading in ("Formula", "Inputs", "Convention"):
        await expect(explanation.get_by_role("heading", name=heading)).to_be_visible()
    await expect(explanation).to_contain_text("As of")
