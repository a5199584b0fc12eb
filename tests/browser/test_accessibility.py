"""Nothing that axe knows of keeps anybody out of a screen or dialog, in any theme or width."""

import pytest
from playwright.async_api import expect
from tests.browser.accessibility import violations
from tests.browser.chain_screen import ChainScreen
from tests.browser.dialogs import DIALOGS, Dialog, every_dialog
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN, Screen, every_screen
from tests.browser.visit import NARROW, THEMES, WIDE, Theme, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
every_look = pytest.mark.parametrize(
    ("width", "theme"), [(width, theme) for width in (NARROW, WIDE) for theme in THEMES]
)


@every_screen
@every_look
async def test_axe_finds_nothing_on_a_screen(
    mesh: RunningMesh, visit: Visitor, screen: Screen, width: int, theme: Theme
) -> None:
    visitor = await visit(mesh.http, width=width, theme=theme)
    await visitor.go(screen.place(PRODUCT))
    await expect(visitor.page.locator(screen.figures).first).to_be_visible()
    await visitor.is_said_to_be("Live")
    assert await violations(visitor.page) == []


@every_dialog
@every_look
async def test_axe_finds_nothing_in_a_dialog(
    mesh: RunningMesh, visit: Visitor, dialog: Dialog, width: int, theme: Theme
) -> None:
    visitor = await visit(mesh.http, width=width, theme=theme)
    await visitor.go(CHAIN.place(PRODUCT))
    await expect(visitor.page.locator(CHAIN.figures).first).to_be_visible()
    opened = await dialog.opened(visitor.page)
    assert await violations(visitor.page, within=opened) == []


@every_look
async def test_axe_finds_nothing_in_an_explanation(
    mesh: RunningMesh, visit: Visitor, width: int, theme: Theme
) -> None:
    visitor = await visit(mesh.http, width=width, theme=theme)
    await visitor.go(CHAIN.place(PRODUCT))
    await ChainScreen(visitor.page).cell("last").click()
    explanation = visitor.page.get_by_role("dialog")
    await expect(explanation).to_be_visible()
    assert await violations(visitor.page, within=explanation) == []


async def test_axe_finds_what_is_wrong(mesh: RunningMesh, visit: Visitor) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(CHAIN.place(PRODUCT))
    await expect(visitor.page.locator(CHAIN.figures).first).to_be_visible()
    await visitor.page.locator("ds-chain-grid .scroller").evaluate(
        "(element) => { element.append(document.createElement('button')); }"
    )
    assert "button-name" in [line.split(":")[0] for line in await violations(visitor.page)]


async def test_axe_finds_what_is_wrong_in_a_dialog(mesh: RunningMesh, visit: Visitor) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(CHAIN.place(PRODUCT))
    dialog = await DIALOGS[0].opened(visitor.page)
    await dialog.evaluate("(element) => { element.append(document.createElement('button')); }")
    found = await violations(visitor.page, within=dialog)
    assert [line.split(":")[0] for line in found] == ["button-name"]
