"""What the page shows while parts of the mesh stand still, are cut off, or are gone."""

import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Response, expect
from tests.browser import meshes
from tests.browser.accessibility import violations
from tests.browser.chain_screen import ChainScreen
from tests.browser.frozen import frozen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT, HarmedMesh
from tests.browser.screens import CHAIN
from tests.browser.visit import Visit, Visitor
from tests.browser.watch import NETWORK

pytestmark = BROWSER_TEST
_STALE_AFTER_SECONDS: Final = 15.0
_LONG: Final = 45.0
"""Seconds until what was broken works again, and the page has noticed."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def harmed(chromium: Browser, folder: Path) -> AsyncIterator[HarmedMesh]:
    async with meshes.harmed_mesh(folder) as mesh:
        yield mesh


@pytest_asyncio.fixture(loop_scope="session")
async def healed(harmed: HarmedMesh) -> AsyncIterator[HarmedMesh]:
    """The mesh, which works again when the test is over, however it ends."""
    try:
        yield harmed
    finally:
        harmed.to_storage.heal()


@pytest_asyncio.fixture(loop_scope="session")
async def watching(healed: HarmedMesh, visit: Visitor) -> Visit:
    """Somebody who sees live figures of it."""
    visitor = await visit(healed.mesh.http)
    await visitor.go(CHAIN.place(PRODUCT))
    await ChainScreen(visitor.page).is_there()
    await visitor.is_said_to_be("Live")
    return visitor


async def test_figures_are_live_and_say_their_age(watching: Visit) -> None:
    chain = ChainScreen(watching.page)
    await expect(chain.stat("Data age")).to_contain_text(re.compile(r"[0-5] s"))
    await chain.changes()


async def test_a_first_load_that_takes_its_time_shows_where_figures_will_be(
    healed: HarmedMesh, visit: Visitor
) -> None:
    visitor = await visit(healed.mesh.http)
    visitor.watch.tolerate(*NETWORK)
    healed.to_storage.black_hole()
    await visitor.go(CHAIN.place(PRODUCT))
    chain = ChainScreen(visitor.page)
    await expect(chain.skeleton.first).to_be_visible()
    await expect(chain.table).to_have_attribute("aria-busy", "true")
    assert await violations(visitor.page) == []
    healed.to_storage.heal()
    await expect(chain.strikes.first).to_be_visible(timeout=_LONG * 1000)
    await expect(chain.skeleton).to_have_count(0)


async def test_an_error_names_its_request_and_is_gone_when_its_cause_is(
    healed: HarmedMesh, visit: Visitor
) -> None:
    visitor = await visit(healed.mesh.http)
    visitor.watch.tolerate(*NETWORK)
    healed.to_storage.cut()
    refused: list[str] = []

    def note(response: Response) -> None:
        if response.status >= 500:
            refused.append(response.headers["x-request-id"])

    visitor.page.on("response", note)
    chain = ChainScreen(visitor.page)
    # What is stored is one source of figures; with the other one silent, there is nothing to show.
    with frozen(healed.mesh.pid_of("enrichment")):
        await visitor.go(CHAIN.place(PRODUCT))
        await expect(chain.notice).to_have_role("alert")
        shown = await chain.notice.locator("code", has_text="request").inner_text()
        assert shown.removeprefix("request ") in refused
        assert await violations(visitor.page) == []
        healed.to_storage.heal()
        await expect(chain.strikes.first).to_be_visible(timeout=_LONG * 1000)
    await expect(chain.notice).to_have_count(0)


async def test_figures_of_a_frozen_feed_are_dimmed_until_it_goes_on(
    healed: HarmedMesh, watching: Visit
) -> None:
    watching.watch.tolerate(*NETWORK)
    chain = ChainScreen(watching.page)
    with frozen(healed.mesh.pid_of("feed")):
        await watching.is_said_to_be("Stale", within=_STALE_AFTER_SECONDS + _LONG)
        await expect(chain.dimmed).to_have_count(1)
        await expect(chain.strikes.first).to_be_visible()
    await watching.is_said_to_be("Live", within=_LONG)
    await expect(chain.dimmed).to_have_count(0)


async def test_figures_stay_while_the_edge_is_gone_and_are_followed_again_afterwards(
    healed: HarmedMesh, watching: Visit
) -> None:
    watching.watch.tolerate(*NETWORK)
    chain = ChainScreen(watching.page)
    strikes = await chain.strikes.all_inner_texts()
    os.kill(healed.mesh.pid_of("edge"), signal.SIGKILL)
    await watching.is_said_to_be("Reconnecting")
    assert await chain.strikes.all_inner_texts() == strikes
    await watching.is_said_to_be("Live", within=_LONG)
    await chain.changes()


async def test_a_screen_that_could_not_be_fetched_comes_when_the_server_is_back(
    healed: HarmedMesh, watching: Visit
) -> None:
    page = watching.page
    code = "**/assets/smile-*.js"
    watching.watch.tolerate(*NETWORK, r"/assets/smile-")
    await page.route(code, lambda route: route.abort())
    await page.get_by_role("link", name="Smile").click()
    await expect(_missing_parts(page)).to_be_visible()
    assert await violations(page) == []
    await page.unroute(code)
    os.kill(healed.mesh.pid_of("edge"), signal.SIGKILL)
    await expect(page.locator("ds-smile figure")).to_be_visible(timeout=_LONG * 1000)
    await expect(_missing_parts(page)).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "waiting", "refused"),
    [
        ("Smile", "The fit is being fetched", "The fit cannot be fetched"),
        ("Straddle", "What was before is being fetched", "What was before cannot be fetched: "),
    ],
    ids=["smile", "straddle"],
)
async def test_a_figure_of_the_live_chain_says_what_else_there_is_to_come(
    healed: HarmedMesh, watching: Visit, name: str, waiting: str, refused: str
) -> None:
    page = watching.page
    watching.watch.tolerate(*NETWORK)
    caption = page.locator(f"ds-{name.lower()} figcaption").first
    with frozen(healed.mesh.pid_of("analytics")):
        await page.get_by_role("link", name=name).click()
        await expect(caption).to_contain_text(waiting)
        await expect(caption).to_contain_text(refused, timeout=_LONG * 1000)
    await expect(caption).not_to_contain_text("fetched", timeout=_LONG * 1000)


async def test_a_page_whose_server_has_been_updated_offers_to_be_reloaded(watching: Visit) -> None:
    page = watching.page
    code = "**/assets/settings-dialog-*.js"
    watching.watch.tolerate(*NETWORK, r"/assets/settings-dialog-")
    await page.route(code, lambda route: route.fulfill(status=404))
    settings = page.get_by_role("button", name="Settings")
    await settings.click()
    await expect(_missing_parts(page)).to_be_visible()
    await page.unroute(code)
    await _missing_parts(page).get_by_role("button", name="Reload the page").click()
    await expect(_missing_parts(page)).to_have_count(0)
    await ChainScreen(page).is_there()
    await settings.click()
    await expect(page.get_by_role("dialog")).to_be_visible()


def _missing_parts(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="could not be fetched")
