"""A market of which strangers see nothing: signing in, staying so, and leaving."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect
from tests.browser import meshes
from tests.browser.accessibility import violations
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.test_accessibility import every_look
from tests.browser.visit import Theme, Visit, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_PASSWORD: Final = "correct horse battery"  # noqa: S105 - a test's
# What a browser says by itself of requests that are refused.
_REFUSALS: Final = (
    r"answered 40[01]: .*/(api|socket\.io)/",
    r"Failed to load resource.* 40[01]",
    r"WebSocket connection to .* failed",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(chromium: Browser, folder: Path) -> AsyncIterator[RunningMesh]:
    async with meshes.guarded_mesh(folder) as mesh:
        yield mesh


def form(page: Page) -> Locator:
    """Return where somebody signs in, in the place of figures."""
    return page.locator("main ds-sign-in")


async def stranger(visit: Visitor, mesh: RunningMesh, theme: Theme = "dark", **more: int) -> Visit:
    """Open the chain as nobody in particular."""
    visitor = await visit(mesh.http, theme=theme, **more)
    visitor.watch.tolerate(*_REFUSALS)
    await visitor.go(CHAIN.place(PRODUCT))
    await expect(form(visitor.page)).to_be_visible()
    return visitor


async def register(visitor: Visit, name: str) -> None:
    """Make an account, and be signed in to it."""
    page = visitor.page
    await form(page).get_by_role("button", name="Create an account").click()
    await page.get_by_label("E-mail address").fill(f"{name}@example.com")
    await page.get_by_label("Name (optional)").fill(name)
    await page.get_by_label("Password", exact=True).fill(_PASSWORD)
    await page.keyboard.press("Enter")


async def test_a_stranger_is_asked_to_sign_in_and_sees_no_figure(
    guarded: RunningMesh, visit: Visitor
) -> None:
    visitor = await stranger(visit, guarded)
    await visitor.is_said_to_be("Signed out")
    await expect(visitor.page.locator(CHAIN.figures)).to_have_count(0)


@every_look
async def test_axe_finds_nothing_where_one_signs_in(
    guarded: RunningMesh, visit: Visitor, width: int, theme: Theme
) -> None:
    visitor = await stranger(visit, guarded, theme, width=width)
    assert await violations(visitor.page) == []


async def test_a_wrong_password_is_said_to_be_wrong(guarded: RunningMesh, visit: Visitor) -> None:
    visitor = await stranger(visit, guarded)
    page = visitor.page
    await page.get_by_label("E-mail address").fill("nobody@example.com")
    await page.get_by_label("Password", exact=True).fill("a guess, no more")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(form(page)).to_be_visible()
    assert await violations(page) == []


async def test_a_newcomer_sees_figures_stays_signed_in_and_may_leave(
    guarded: RunningMesh, visit: Visitor
) -> None:
    visitor = await stranger(visit, guarded)
    page = visitor.page
    await register(visitor, "grace")
    chain = ChainScreen(page)
    await chain.is_there()
    await visitor.is_said_to_be("Live")
    await chain.changes()
    await page.reload()
    await chain.is_there()
    await page.get_by_role("button", name="Account of grace").click()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(form(page)).to_be_visible()
    await expect(page.locator(CHAIN.figures)).to_have_count(0)


async def test_who_has_an_account_signs_in_on_another_machine(
    guarded: RunningMesh, visit: Visitor
) -> None:
    await register(await stranger(visit, guarded), "ada")
    elsewhere = await stranger(visit, guarded)
    page = elsewhere.page
    await page.get_by_label("E-mail address").fill("ada@example.com")
    await page.get_by_label("Password", exact=True).fill(_PASSWORD)
    await page.keyboard.press("Enter")
    await ChainScreen(page).is_there()
    await elsewhere.is_said_to_be("Live")
