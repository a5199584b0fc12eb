"""Every screen, as somebody opens it: figures come, and nothing is amiss."""

import re

import pytest
from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN, SCREENS, Screen, every_screen
from tests.browser.visit import NARROW, WIDE, Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@every_screen
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_shows_figures_within_the_width_of_the_page(
    mesh: RunningMesh, visit: Visitor, screen: Screen, width: int
) -> None:
    visitor = await visit(mesh.http, width=width)
    await visitor.go(screen.place(PRODUCT))
    await expect(visitor.page.locator(screen.figures).first).to_be_visible()
    await visitor.is_said_to_be("Live")
    assert await visitor.page.evaluate(_OVERFLOW) == 0


async def test_every_screen_that_the_menu_offers_is_tried_here(
    mesh: RunningMesh, visit: Visitor
) -> None:
    visitor = await visit(mesh.http)
    await visitor.go()
    links = visitor.page.get_by_role("navigation", name="Screens").get_by_role("link")
    await expect(links.first).to_be_visible()
    places = [await link.get_attribute("href") or "" for link in await links.all()]
    names = [re.split(r"[/?]", place)[1] for place in places]
    assert names == [screen.name for screen in SCREENS]


@every_screen
async def test_the_menu_leads_to_a_screen_and_says_where_one_is(
    mesh: RunningMesh, visit: Visitor, screen: Screen
) -> None:
    visitor = await visit(mesh.http)
    await visitor.go(CHAIN.place(PRODUCT))
    menu = visitor.page.get_by_role("navigation", name="Screens")
    await menu.locator(f"a[href^='#/{screen.name}']").click()
    await expect(visitor.page.locator(screen.figures).first).to_be_visible()
    here = menu.locator("[aria-current=page]")
    await expect(here).to_have_attribute("href", re.compile(f"^#/{screen.name}"))
