"""One mesh for all that is done to it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.security.doors import Doors, open_doors


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path_factory.mktemp("doors") / "mesh") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def unharmed(doors: Doors) -> AsyncIterator[None]:
    """See that what was done to the mesh has left no trace of a fault."""
    before = len(doors.faults())
    yield
    assert await doors.is_well()
    assert doors.faults()[before:] == []
