"""An address says what is shown, and shows it again to whoever opens it."""

import re
from typing import Final

from playwright.async_api import expect
from tests.browser.accessibility import violations
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import OTHER_PRODUCT, PRODUCT
from tests.browser.screens import CHAIN, Screen, every_screen
from tests.browser.visit import Visit, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_DATE: Final = r"\d{4}-\d{2}-\d{2}"
# What a browser says by itself of what is not there.
_NOT_FOUND: Final = (r"answered 404: .*/api/data/", r"Failed to load resource.* 404")


async def later_expiry(visitor: Visit) -> str:
    """Return an expiry that is not the one shown by default."""
    options = visitor.page.get_by_label("Expiry", exact=True).locator("option")
    await expect(options).not_to_have_count(1)
    return await options.nth(1).get_attribute("value") or ""


async def test_the_address_comes_to_say_what_is_shown(mesh: RunningMesh, visit: Visitor) -> None:
    visitor = await visit(mesh.http)
    await visitor.go()
    await ChainScreen(visitor.page).is_there()
    await expect(visitor.page).to_have_url(re.compile(rf"#/chain/\w+/{_DATE}$"))
    await visitor.page.get_by_role("button", name="Greeks", exact=True).click()
    await expect(visitor.page).to_have_url(re.compile(rf"#/chain/\w+/{_DATE}\?mode=greeks$"))


async def test_a_link_restores_product_expiry_and_mode(mesh: RunningMesh, visit: Visitor) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(CHAIN.place(OTHER_PRODUCT))
    await ChainScreen(visitor.page).is_there()
    expiry = await later_expiry(visitor)
    friend = await visit(mesh.http)
    await friend.go(CHAIN.place(OTHER_PRODUCT, expiry, mode="greeks"))
    await ChainScreen(friend.page).is_there()
    page = friend.page
    await expect(page.get_by_role("tab", name=OTHER_PRODUCT)).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(page.get_by_label("Expiry", exact=True)).to_have_value(expiry)
    greeks = page.get_by_role("button", name="Greeks", exact=True)
    await expect(greeks).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("columnheader", name="Delta")).to_have_count(2)
    await expect(page).to_have_title(re.compile(OTHER_PRODUCT))


@every_screen
async def test_a_link_restores_its_screen(
    mesh: RunningMesh, visit: Visitor, screen: Screen
) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(screen.place(OTHER_PRODUCT))
    await expect(visitor.page.locator(screen.figures).first).to_be_visible()
    await expect(visitor.page).to_have_url(re.compile(re.escape(screen.place(OTHER_PRODUCT))))


async def test_a_link_to_no_product_says_so_and_offers_those_there_are(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    visitor.watch.tolerate(*_NOT_FOUND)
    page = visitor.page
    await visitor.go(CHAIN.place("NIFTI"))
    notice = ChainScreen(page).notice
    await expect(notice).to_contain_text("No product NIFTI is known")
    await expect(notice).to_have_role("status")
    await expect(page.locator(CHAIN.element)).to_have_count(0)
    assert await violations(page) == []
    await notice.get_by_role("button", name="Find a product").click()
    await expect(page.get_by_role("dialog", name="Find a product")).to_be_visible()
    await page.keyboard.press("Escape")
    await notice.get_by_role("button", name=f"Show {OTHER_PRODUCT}").click()
    await ChainScreen(page).is_there()
    await expect(page).to_have_url(re.compile(f"#/chain/{OTHER_PRODUCT}/{_DATE}$"))


async def test_a_link_to_no_expiry_says_so_and_offers_the_nearest(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    visitor.watch.tolerate(*_NOT_FOUND)
    page = visitor.page
    await visitor.go(CHAIN.place(PRODUCT, "2001-01-05", mode="greeks"))
    notice = ChainScreen(page).notice
    await expect(notice).to_contain_text(re.compile(rf"{PRODUCT} has no expiry on .*2001"))
    await expect(notice).to_have_role("status")
    assert await violations(page) == []
    await notice.get_by_role("button", name="Show the nearest expiry").click()
    await ChainScreen(page).is_there()
    await expect(page).to_have_url(re.compile(rf"#/chain/{PRODUCT}/{_DATE}\?mode=greeks$"))
    assert "2001" not in page.url
    await page.go_back()
    await expect(notice).to_contain_text("has no expiry")


async def test_back_and_forward_lead_where_one_has_been(mesh: RunningMesh, visit: Visitor) -> None:
    visitor = await visit(mesh.http)
    page = visitor.page
    await visitor.go(CHAIN.place(PRODUCT))
    await ChainScreen(page).is_there()
    await page.get_by_role("tab", name=OTHER_PRODUCT).click()
    await expect(page).to_have_url(re.compile(f"#/chain/{OTHER_PRODUCT}"))
    await page.go_back()
    await expect(page.get_by_role("tab", name=re.compile(f"^{PRODUCT}"))).to_have_attribute(
        "aria-selected", "true"
    )
    await page.go_forward()
    await expect(page.get_by_role("tab", name=OTHER_PRODUCT)).to_have_attribute(
        "aria-selected", "true"
    )
