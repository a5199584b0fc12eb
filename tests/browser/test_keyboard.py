"""What can be done by a click can be done by a key."""

import pytest_asyncio
from playwright.async_api import expect
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import OTHER_PRODUCT, PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.visit import Visit, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_SCROLLED = "(scroller) => scroller.scrollTop"
_TO_THE_TOP = "(scroller) => { scroller.scrollTop = 0; }"


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(mesh: RunningMesh, visit: Visitor) -> Visit:
    visitor = await visit(mesh.http)
    # So low that the strikes do not all fit.
    await visitor.page.set_viewport_size({"width": 1440, "height": 560})
    await visitor.go(CHAIN.place(PRODUCT))
    await ChainScreen(visitor.page).is_there()
    return visitor


async def test_g_shows_greeks_and_prices_again(visitor: Visit) -> None:
    delta = visitor.page.get_by_role("columnheader", name="Delta")
    await expect(delta).to_have_count(0)
    await visitor.page.keyboard.press("g")
    await expect(delta).to_have_count(2)
    await visitor.page.keyboard.press("g")
    await expect(delta).to_have_count(0)


async def test_the_strikes_at_the_money_are_in_the_middle_at_first_and_after_a(
    visitor: Visit,
) -> None:
    page = visitor.page
    at_the_money = page.locator("ds-chain-grid .row.atm")
    await expect(at_the_money).to_be_in_viewport(ratio=1)
    scroller = page.get_by_role("region", name="Option chain, scrollable")
    centred = await scroller.evaluate(_SCROLLED)
    assert centred > 0
    await scroller.evaluate(_TO_THE_TOP)
    await page.keyboard.press("a")
    await expect(at_the_money).to_be_in_viewport(ratio=1)
    # The price may have moved on by some strikes.
    assert abs(await scroller.evaluate(_SCROLLED) - centred) < 120


async def test_a_slash_finds_a_product_by_its_name(visitor: Visit) -> None:
    page = visitor.page
    await page.keyboard.press("/")
    await expect(page.get_by_role("combobox", name="Symbol or name of a product")).to_be_focused()
    await page.keyboard.type("bank")
    await expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("tab", name=OTHER_PRODUCT)).to_have_attribute(
        "aria-selected", "true"
    )


async def test_arrows_move_among_products_and_the_keyboard_goes_with_them(visitor: Visit) -> None:
    page = visitor.page
    await page.locator("ds-product-tabs [aria-selected=true]").focus()
    await page.keyboard.press("ArrowLeft")
    other = page.get_by_role("tab", name=OTHER_PRODUCT)
    await expect(other).to_have_attribute("aria-selected", "true")
    await expect(other).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(other).to_have_attribute("aria-selected", "false")


async def test_arrows_move_among_figures_and_enter_explains_one(visitor: Visit) -> None:
    page = visitor.page
    chain = ChainScreen(page)
    await chain.cell("last").click()
    explanation = page.get_by_role("dialog")
    await expect(explanation).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(explanation).to_be_hidden()
    await expect(chain.cell("last")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(chain.cell("last")).not_to_be_focused()
    await page.keyboard.press("Enter")
    await expect(explanation).to_contain_text(PRODUCT)
    await expect(explanation).to_contain_text("As of")


async def test_p_holds_the_figures_and_goes_on(visitor: Visit) -> None:
    chain = ChainScreen(visitor.page)
    pause = visitor.page.get_by_role("button", name="Pause")
    await visitor.page.keyboard.press("p")
    await expect(pause).to_have_attribute("aria-pressed", "true")
    await visitor.page.keyboard.press("p")
    await expect(pause).to_have_attribute("aria-pressed", "false")
    await chain.changes()


async def test_a_question_mark_opens_the_help_which_escape_closes(visitor: Visit) -> None:
    help_dialog = visitor.page.get_by_role("dialog", name="Help")
    await visitor.page.keyboard.press("?")
    await expect(help_dialog).to_be_visible()
    await visitor.page.keyboard.press("Escape")
    await expect(help_dialog).to_be_hidden()


async def test_keys_do_nothing_for_who_has_switched_them_off(visitor: Visit) -> None:
    page = visitor.page
    await page.keyboard.press("?")
    await page.get_by_label("Single keys are commands").uncheck()
    await page.get_by_role("button", name="Close").click()
    await page.keyboard.press("g")
    await page.reload()
    await ChainScreen(page).is_there()
    await expect(page.get_by_role("columnheader", name="Delta")).to_have_count(0)
    await page.keyboard.press("g")
    await page.get_by_role("button", name="Greeks", exact=True).click()
    await expect(page.get_by_role("columnheader", name="Delta")).to_have_count(2)
