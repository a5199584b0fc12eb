"""What somebody prefers is done at once, and remembered."""

import pytest
from playwright.async_api import expect
from tests.browser.chain_screen import ChainScreen
from tests.browser.dialogs import Dialog
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.visit import Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_SETTINGS = Dialog(name="Settings", button="Settings")
# The colours of the table, its heads, its figures, and how tall its rows are.
_LOOK = """() => {
  const chain = document.querySelector('ds-app').shadowRoot.querySelector('ds-option-chain');
  const grid = chain.shadowRoot.querySelector('ds-chain-grid');
  const style = getComputedStyle(grid);
  const colours = ['--up', '--down', '--surface'].map((name) => style.getPropertyValue(name));
  const calls = [...grid.shadowRoot.querySelectorAll('.body .call.open_interest')];
  const head = grid.shadowRoot.querySelector('.head').innerText;
  const { height } = grid.shadowRoot.querySelector('.body .row').getBoundingClientRect();
  const figures = calls.map((call) => call.innerText);
  return JSON.stringify([style.colorScheme, colours, head, height, figures]);
}"""


@pytest.mark.parametrize(
    ("group", "choice"),
    [
        ("Theme", "Light"),
        ("Colours", "Safe for colour blindness"),
        ("Open interest and volume in", "Shares"),
        ("Digits", "1,234,567"),
        ("Rows", "Compact"),
    ],
)
async def test_a_choice_changes_the_page_at_once_and_is_remembered(
    mesh: RunningMesh, visit: Visitor, group: str, choice: str
) -> None:
    visitor = await visit(mesh.http)
    page = visitor.page
    await visitor.go(CHAIN.place(PRODUCT))
    chain = ChainScreen(page)
    await chain.is_there()
    await page.get_by_role("button", name="Pause").click()
    before = await page.evaluate(_LOOK)
    dialog = await _SETTINGS.opened(page)
    chosen = dialog.get_by_role("group", name=group).get_by_label(choice)
    await chosen.check()
    await page.wait_for_function(f"(before) => ({_LOOK})() !== before", arg=before)
    await page.reload()
    await chain.is_there()
    dialog = await _SETTINGS.opened(page)
    await expect(dialog.get_by_role("group", name=group).get_by_label(choice)).to_be_checked()
