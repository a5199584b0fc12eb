"""What is laid out alone has a height that is stated: all of it fits, however wide the page."""

import pytest
from playwright.async_api import Locator
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.visit import Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST

_ROOM_LEFT = """(box) => {
  const bounds = box.getBoundingClientRect();
  const lowest = Math.max(
    ...[...box.querySelectorAll('*')].map((each) => each.getBoundingClientRect().bottom),
  );
  return bounds.bottom - lowest;
}"""


async def room_left_in(box: Locator) -> float:
    """Return the pixels between the lowest of what is in a box, and its end."""
    room: float = await box.evaluate(_ROOM_LEFT)
    return room


@pytest.mark.parametrize("width", [1920, 1440, 1100, 800, 700, 500, 390])
@pytest.mark.parametrize("within", ["ds-chain-stats dl", "ds-product-tabs [role=tablist]"])
async def test_all_that_is_in_it_is_seen(
    mesh: RunningMesh, visit: Visitor, within: str, width: int
) -> None:
    visitor = await visit(mesh.http)
    await visitor.page.set_viewport_size({"width": width, "height": 900})
    await visitor.go(CHAIN.place(PRODUCT))
    await ChainScreen(visitor.page).is_there()
    assert await room_left_in(visitor.page.locator(within)) >= 0
