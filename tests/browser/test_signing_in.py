"""A market of which strangers see nothing: signing in, staying so, and leaving."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.browser import meshes
from tests.browser.accessibility import violations
from tests.browser.accounts import REFUSALS, form_in_place, is_known, register, sign_in
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.test_accessibility import every_look
from tests.browser.visit import Theme, Visit, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(chromium: Browser, folder: Path) -> AsyncIterator[RunningMesh]:
    async with meshes.guarded_mesh(folder) as mesh:
        yield mesh


async def stranger(visit: Visitor, mesh: RunningMesh, theme: Theme = "dark", **more: int) -> Visit:
    """Open the chain as nobody in particular."""
    visitor = await visit(mesh.http, theme=theme, **more)
    visitor.watch.tolerate(*REFUSALS)
    await visitor.go(CHAIN.place(PRODUCT))
    await expect(form_in_place(visitor)).to_be_visible()
    return visitor


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
    await sign_in(visitor, form_in_place(visitor), "nobody", "a guess, no more")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(form_in_place(visitor)).to_be_visible()
    assert await violations(page) == []


async def test_who_could_not_sign_in_for_want_of_a_server_tries_again_without_reloading(
    guarded: RunningMesh, visit: Visitor
) -> None:
    visitor = await stranger(visit, guarded)
    page = visitor.page
    code = "**/assets/open-session-*.js"
    visitor.watch.tolerate(r"/assets/open-session-", r"Failed to load resource")
    await page.route(code, lambda route: route.abort())
    await register(visitor, form_in_place(visitor), "rosa")
    await expect(page.get_by_role("alert")).to_have_text("The server cannot be reached.")
    await page.unroute(code)
    await form_in_place(visitor).get_by_label("Password", exact=True).press("Enter")
    await is_known(visitor, "rosa")


async def test_a_newcomer_sees_figures_stays_signed_in_and_may_leave(
    guarded: RunningMesh, visit: Visitor
) -> None:
    visitor = await stranger(visit, guarded)
    page = visitor.page
    await register(visitor, form_in_place(visitor), "grace")
    chain = ChainScreen(page)
    await chain.is_there()
    await visitor.is_said_to_be("Live")
    await chain.changes()
    await page.reload()
    await chain.is_there()
    await page.get_by_role("button", name="Account of grace").click()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(form_in_place(visitor)).to_be_visible()
    await expect(page.locator(CHAIN.figures)).to_have_count(0)


async def test_who_has_an_account_signs_in_on_another_machine(
    guarded: RunningMesh, visit: Visitor
) -> None:
    visitor = await stranger(visit, guarded)
    await register(visitor, form_in_place(visitor), "ada")
    await is_known(visitor, "ada")
    elsewhere = await stranger(visit, guarded)
    await sign_in(elsewhere, form_in_place(elsewhere), "ada")
    await ChainScreen(elsewhere.page).is_there()
    await elsewhere.is_said_to_be("Live")
