"""What the page says of a market that is not open and live."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.browser import meshes
from tests.browser.accessibility import violations
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.visit import Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty(chromium: Browser, folder: Path) -> AsyncIterator[RunningMesh]:
    async with meshes.empty_mesh(folder) as mesh:
        yield mesh


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def closed(chromium: Browser, folder: Path) -> AsyncIterator[RunningMesh]:
    async with meshes.closed_mesh(folder) as mesh:
        yield mesh


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def replaying(chromium: Browser, folder: Path) -> AsyncIterator[RunningMesh]:
    async with meshes.replaying_mesh(folder) as mesh:
        yield mesh


async def test_a_market_without_chains_is_said_to_be_empty(
    empty: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(empty.http)
    # Nothing is known of it, which the server says by "not found".
    visitor.watch.tolerate(r"answered 404: .*/api/data/", r"Failed to load resource.* 404")
    await visitor.go(CHAIN.place())
    notice = ChainScreen(visitor.page).notice
    await expect(notice).to_contain_text("has arrived yet")
    await expect(notice).to_have_role("status")
    assert await violations(visitor.page) == []


async def test_a_closed_market_shows_its_last_figures_undimmed(
    closed: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(closed.http)
    await visitor.go(CHAIN.place())
    chain = ChainScreen(visitor.page)
    await chain.is_there()
    await visitor.is_said_to_be("Market closed")
    await expect(chain.dimmed).to_have_count(0)


async def test_an_invented_market_is_said_to_be_one(mesh: RunningMesh, visit: Visitor) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(CHAIN.place())
    ribbon = visitor.page.get_by_role("complementary", name="Source of the data")
    await expect(ribbon).to_contain_text("Simulated")


async def test_a_replay_is_said_to_be_one_and_to_have_ended(
    replaying: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(replaying.http)
    await visitor.go(CHAIN.place())
    ribbon = visitor.page.get_by_role("complementary", name="Source of the data")
    await expect(ribbon).to_contain_text("Replay")
    await visitor.is_said_to_be("Replay ended")
    chain = ChainScreen(visitor.page)
    await chain.is_there()
    await expect(chain.dimmed).to_have_count(0)
    assert await violations(visitor.page) == []


async def test_a_paused_page_holds_its_figures_and_says_how_far_behind_they_are(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(CHAIN.place(PRODUCT))
    chain = ChainScreen(visitor.page)
    await chain.is_there()
    pause = visitor.page.get_by_role("button", name="Pause")
    await pause.click()
    held = await chain.figures()
    # A market whose chains come every second has moved on by then.
    await expect(visitor.page.locator("ds-option-chain .paused")).to_have_text(
        re.compile(r"Paused\s+([3-9]|\d\d)\S* s behind")
    )
    assert await chain.figures() == held
    assert await violations(visitor.page) == []
    await pause.click()
    await chain.changes()
