"""Keys that do the same on every screen, and those of the surface."""

import re
from typing import Final

from playwright.async_api import Locator, Route, expect
from tests.browser.chromium import PATIENCE_SECONDS
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import SURFACE, Screen, every_expiry_screen
from tests.browser.visit import Visit, Visitor
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
_SURFACES: Final = "**/api/analytics/volatility-surface/**"


@every_expiry_screen
async def test_brackets_move_among_expiries(
    mesh: RunningMesh, visit: Visitor, screen: Screen
) -> None:
    visitor = await visit(mesh.http)
    page = visitor.page
    await visitor.go(screen.place(PRODUCT))
    await expect(page.locator(screen.figures).first).to_be_visible()
    expiry = page.get_by_label("Expiry", exact=True)
    await expect(expiry.locator("option").nth(1)).to_be_attached()
    near, next_one, *_ = [
        await one.get_attribute("value") or "" for one in await expiry.locator("option").all()
    ]
    for key, shown in (("]", next_one), ("[", near), ("[", near)):
        await page.keyboard.press(key)
        await expect(expiry).to_have_value(shown)
        await expect(page).to_have_url(re.compile(f"#/{screen.name}/{PRODUCT}/{shown}"))
        await expect(page.locator(screen.figures).first).to_be_visible()


async def still_surface(visitor: Visit) -> Locator:
    """Open the surface in three dimensions, as it is now and not as it becomes."""
    kept: dict[str, bytes] = {}

    async def answer(route: Route) -> None:
        if route.request.url not in kept:
            kept[route.request.url] = await (await route.fetch()).body()
        await route.fulfill(body=kept[route.request.url], content_type="application/json")

    await visitor.page.route(_SURFACES, answer)
    await visitor.go(SURFACE.place(PRODUCT, mode="3d"))
    canvas = visitor.page.locator(SURFACE.figures).first
    await expect(canvas).to_be_visible()
    return canvas


async def picture(canvas: Locator) -> str:
    """Return what is drawn."""
    return str(await canvas.evaluate("(canvas) => canvas.toDataURL()"))


async def turned_from(canvas: Locator, before: str) -> str:
    """Wait until the picture is another one; return it."""

    async def now() -> str:
        return await picture(canvas)

    return await eventually(now, lambda seen: seen != before, seconds=PATIENCE_SECONDS)


async def shows_again(canvas: Locator, before: str) -> None:
    """Wait until the picture is this one."""

    async def now() -> str:
        return await picture(canvas)

    await eventually(now, lambda seen: seen == before, seconds=PATIENCE_SECONDS)


async def test_arrows_turn_the_surface_and_so_do_buttons(mesh: RunningMesh, visit: Visitor) -> None:
    visitor = await visit(mesh.http)
    page = visitor.page
    canvas = await still_surface(visitor)
    first = await picture(canvas)
    surface = page.get_by_role("group", name="Surface; arrow keys turn it")
    for there, back, button in (
        ("ArrowLeft", "ArrowRight", "Turn left"),
        ("ArrowRight", "ArrowLeft", "Turn right"),
        ("ArrowUp", "ArrowDown", "Look from higher up"),
        ("ArrowDown", "ArrowUp", "Look from lower down"),
    ):
        await surface.press(there)
        turned = await turned_from(canvas, first)
        await surface.press(back)
        await shows_again(canvas, first)
        await page.get_by_role("button", name=button).click()
        await shows_again(canvas, turned)
        await surface.press(back)
        await shows_again(canvas, first)
