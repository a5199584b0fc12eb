"""Every screen alone in the page of somebody else, on another site, under the strictest policy."""

from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import OTHER_PRODUCT
from tests.browser.other_site import OtherSite
from tests.browser.screens import CHAIN, Screen, every_screen
from tests.browser.visit import Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST


@every_screen
async def test_an_element_alone_shows_figures(
    mesh: RunningMesh, elsewhere: OtherSite, visit: Visitor, screen: Screen
) -> None:
    product = f' product="{OTHER_PRODUCT}"' if screen.has_product else ""
    elsewhere.body = f"<{screen.element}{product}></{screen.element}>"
    visitor = await visit(elsewhere.origin)
    await visitor.go()
    await expect(visitor.page.locator(screen.figures).first).to_be_visible()


async def test_a_chain_alone_says_what_its_visitor_chooses(
    mesh: RunningMesh, elsewhere: OtherSite, visit: Visitor
) -> None:
    elsewhere.body = f'<ds-option-chain product="{OTHER_PRODUCT}" mode="greeks"></ds-option-chain>'
    visitor = await visit(elsewhere.origin)
    await visitor.go()
    await expect(visitor.page.locator(CHAIN.figures).first).to_be_visible()
    await expect(visitor.page.get_by_role("columnheader", name="Delta")).to_have_count(2)
    await visitor.page.evaluate(
        "addEventListener('ds-select-mode', (event) => { document.title = event.detail; })"
    )
    await visitor.page.get_by_role("button", name="Prices", exact=True).click()
    await expect(visitor.page).to_have_title("price")


async def test_a_site_that_was_not_named_gets_no_figures(
    mesh: RunningMesh, elsewhere: OtherSite, visit: Visitor
) -> None:
    elsewhere.body = f'<ds-option-chain product="{OTHER_PRODUCT}"></ds-option-chain>'
    # The same page, by a name that the edge has not been told.
    visitor = await visit(elsewhere.origin.replace("localhost", "127.0.0.1"))
    visitor.watch.tolerate(".*")
    await visitor.go()
    await visitor.watch.hears("blocked by CORS policy")
    await expect(visitor.page.locator(CHAIN.figures)).to_have_count(0)
