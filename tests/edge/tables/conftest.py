"""One market for all tests that only read it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.edge.tables.tables_mesh import TablesMesh, tables_mesh


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def mesh(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TablesMesh]:
    async with tables_mesh(tmp_path_factory.mktemp("tables")) as running:
        yield running
