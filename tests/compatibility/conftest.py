"""One mesh for all tests of the suite."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.compatibility.asked_for import NODE_FOLDER, NOT_ASKED_FOR, asked_for
from tests.compatibility.platform_under_test import Platform, running_platform


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """The whole mesh, which demands tokens."""
    if not asked_for:
        pytest.skip(NOT_ASKED_FOR)
    assert (NODE_FOLDER / "node_modules").is_dir(), "tests/compatibility/node is not installed"
    async with running_platform(tmp_path_factory.mktemp("compatibility")) as found:
        yield found
