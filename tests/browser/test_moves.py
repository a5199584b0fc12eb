"""What comes later moves nothing that is shown already: who reads or clicks is not led astray."""

from typing import Final

import pytest
from tests.browser.chain_screen import ChainScreen
from tests.browser.marks import BROWSER_TEST
from tests.browser.meshes import PRODUCT
from tests.browser.screens import CHAIN
from tests.browser.visit import Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST

_NOTE_MOVES: Final = """
window.moved = 0;
new PerformanceObserver((moves) => {
  for (const { value } of moves.getEntries()) window.moved += value;
}).observe({ type: 'layout-shift', buffered: true });
"""
_MOST: Final = 0.08
"""Shares of the page, times how far each moved (web.dev/articles/cls).

From 0.1 on it is felt; the ribbon over a market that is none comes to 0.03 by itself.
"""


@pytest.mark.parametrize("width", [1920, 1440, 800, 390])
async def test_the_figures_find_their_columns_in_place(
    mesh: RunningMesh, visit: Visitor, width: int
) -> None:
    visitor = await visit(mesh.http)
    await visitor.page.set_viewport_size({"width": width, "height": 900})
    await visitor.page.add_init_script(_NOTE_MOVES)
    await visitor.go(CHAIN.place(PRODUCT))
    await ChainScreen(visitor.page).is_there()
    assert await visitor.page.evaluate("moved") < _MOST
