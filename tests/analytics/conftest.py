"""Fixtures of analytics' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.analytics.analytics_mesh import Mesh, analytics_mesh


@pytest.fixture
async def mesh(tmp_path: Path) -> AsyncIterator[Mesh]:
    async with analytics_mesh(tmp_path) as running:
        yield running
