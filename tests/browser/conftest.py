"""One browser and one mesh for all tests of the suite, and a visitor for each."""

import re
from collections.abc import AsyncIterator, Generator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from tests.browser import meshes
from tests.browser.asked_for import NOT_ASKED_FOR, asked_for, require_what_is_needed
from tests.browser.chromium import running_chromium
from tests.browser.other_site import OtherSite, other_site
from tests.browser.visit import WIDE, Theme, Visit, Visitor, visiting
from tests.fixtures.running_mesh import RunningMesh

FAILURES: Final = Path(__file__).parent / "outcomes"
_FAILED: Final = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the fixtures of a test whether it has failed."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if not asked_for:
        pytest.skip(NOT_ASKED_FOR)
    require_what_is_needed()
    async with running_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Visitor]:
    """Opens pages; at the end of the test, each must have had nothing to complain of."""
    node = request.node
    failures = FAILURES / re.sub(r"[^\w.-]+", "_", node.name)

    async with AsyncExitStack() as stack:

        async def open_page(origin: str, *, width: int = WIDE, theme: Theme = "dark") -> Visit:
            return await stack.enter_async_context(
                visiting(
                    chromium,
                    origin,
                    width=width,
                    theme=theme,
                    failures=failures,
                    has_failed=lambda: node.stash.get(_FAILED, False),
                )
            )

        yield open_page


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the meshes keep everything."""
    return tmp_path_factory.mktemp("browser")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def elsewhere(chromium: Browser) -> AsyncIterator[OtherSite]:
    """A page on another site, which `mesh` lets read."""
    async with other_site() as site:
        yield site


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mesh(elsewhere: OtherSite, folder: Path) -> AsyncIterator[RunningMesh]:
    """A market that is open, and that nobody harms."""
    async with meshes.trading_mesh(folder, other_sites=elsewhere.origin) as up:
        elsewhere.edge = up.http
        yield up
