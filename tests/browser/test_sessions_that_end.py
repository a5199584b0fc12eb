"""A session ends while somebody looks: what is shown stays, and so does where one is."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.browser import meshes
from tests.browser.accessibility import violations
from tests.browser.accounts import (
    REFUSALS,
    end_sessions,
    form_in_place,
    is_known,
    register,
    sign_in,
)
from tests.browser.chain_screen import ChainScreen
from tests.browser.dialogs import Dialog
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import OTHER_PRODUCT, PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.visit import Visit, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_ACCOUNT: Final = Dialog(name="Account", button="Sign in")
_MINUTES: Final = "0.1"
"""How long a token is valid there: some seconds."""
_LONG: Final = 30.0
"""Seconds in which several tokens end, one after the other."""
# Whether, from now on, the screen is ever taken off the page, and the connection ever lost.
_NOTE: Final = """() => {
  const { shadowRoot: app } = document.querySelector('ds-app');
  const { shadowRoot: badge } = app.querySelector('ds-connection-badge');
  window.noted = [];
  const all = { childList: true, subtree: true, characterData: true };
  new MutationObserver(() => {
    if (app.querySelector('main ds-option-chain') === null) window.noted.push('no figures');
  }).observe(app, all);
  new MutationObserver(() => {
    const { innerText: said } = badge.querySelector('[role=status]');
    if (said === 'Reconnecting') window.noted.push(said);
  }).observe(badge, all);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hasty(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningMesh]:
    """A market that shows strangers nothing, and whose tokens end after some seconds."""
    folder = tmp_path_factory.mktemp("hasty")
    async with meshes.guarded_mesh(folder, DELTASTREAM_ACCESS_MINUTES=_MINUTES) as mesh:
        yield mesh


async def reader(visit: Visitor, mesh: RunningMesh, name: str) -> Visit:
    """Open the Greeks of a product as somebody who has signed in for that."""
    visitor = await visit(mesh.http)
    visitor.watch.tolerate(*REFUSALS)
    await visitor.go(CHAIN.place(OTHER_PRODUCT, mode="greeks"))
    await register(visitor, form_in_place(visitor), name)
    await ChainScreen(visitor.page).is_there()
    await visitor.is_said_to_be("Live")
    return visitor


async def noted(visitor: Visit) -> set[str]:
    """Return what somebody would have noticed."""
    return set(await visitor.page.evaluate("window.noted"))


async def test_tokens_end_unnoticed_while_the_session_lasts(
    hasty: RunningMesh, visit: Visitor
) -> None:
    visitor = await reader(visit, hasty, "grace")
    await visitor.page.evaluate(_NOTE)
    for _ in range(3):
        async with visitor.page.expect_request("**/api/auth/refresh", timeout=_LONG * 1000):
            pass
    await visitor.is_said_to_be("Live")
    await ChainScreen(visitor.page).changes()
    assert await noted(visitor) == set()


async def test_who_is_signed_out_elsewhere_signs_in_again_where_they_were(
    hasty: RunningMesh, visit: Visitor
) -> None:
    visitor = await reader(visit, hasty, "ada")
    place = visitor.page.url
    await end_sessions(hasty.http, "ada")
    form = form_in_place(visitor)
    await expect(form).to_contain_text("Your session has ended", timeout=_LONG * 1000)
    await visitor.is_said_to_be("Signed out")
    assert visitor.page.url == place
    assert await violations(visitor.page) == []
    await sign_in(visitor, form, "ada")
    await ChainScreen(visitor.page).is_there()
    await visitor.is_said_to_be("Live")
    await expect(visitor.page.get_by_role("columnheader", name="Delta")).to_have_count(2)
    assert visitor.page.url == place


async def test_where_anybody_may_read_figures_stay_when_a_session_ends(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    visitor.watch.tolerate(*REFUSALS)
    page = visitor.page
    await visitor.go(CHAIN.place(PRODUCT, mode="greeks"))
    chain = ChainScreen(page)
    await chain.is_there()
    dialog = await _ACCOUNT.opened(page)
    await register(visitor, dialog.locator("ds-sign-in"), "barbara")
    await is_known(visitor, "barbara")
    await visitor.is_said_to_be("Live")
    place = page.url
    await page.evaluate(_NOTE)
    await end_sessions(mesh.http, "barbara")
    account = page.locator("header.top").get_by_role("button", name="Sign in", exact=True)
    await expect(account).to_be_visible(timeout=_LONG * 1000)
    await visitor.is_said_to_be("Live")
    await chain.changes()
    assert page.url == place
    assert "no figures" not in await noted(visitor)
    dialog = await _ACCOUNT.opened(page)
    await expect(dialog).to_contain_text("Your session has ended")
