"""The pictures in the documentation are those of the dashboard as it is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from tests.browser.marks import BROWSER_TEST
from tests.browser.pictures import View, difference, every_view, picture, recorded_mesh
from tests.browser.visit import Visitor
from tests.fixtures.running_mesh import RunningMesh

pytestmark = BROWSER_TEST
# Of the blocks of a picture: fonts are drawn a little differently everywhere.
_TOLERATED: Final = 0.01


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recorded(chromium: Browser, folder: Path) -> AsyncIterator[RunningMesh]:
    async with recorded_mesh(folder) as mesh:
        yield mesh


@pytest.mark.parametrize("view", [pytest.param(view, id=view.path.stem) for view in every_view()])
async def test_the_dashboard_looks_as_in_its_picture(
    recorded: RunningMesh, visit: Visitor, view: View
) -> None:
    assert view.path.is_file(), "there is no such picture yet: `make pictures` takes them"
    visitor = await visit(recorded.http, width=view.width, theme=view.theme)
    now = await picture(visitor, view.screen)
    apart = await difference(visitor, view.path.read_bytes(), now)
    assert apart <= _TOLERATED, f"{apart:.1%} differ; if that is meant, `make pictures`"
