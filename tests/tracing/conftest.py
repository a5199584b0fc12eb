"""A collector, and servers whose spans go there."""

from collections.abc import AsyncIterator

import pytest
from tests.fixtures.otlp_collector import Collector, collecting
from tests.tracing.traced import Served, recording, served


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as collector:
        yield collector


@pytest.fixture
async def recorded(collector: Collector) -> AsyncIterator[Collector]:
    """Record every trace of this process."""
    async with recording(collector.endpoint):
        yield collector


@pytest.fixture
async def mesh(recorded: Collector) -> AsyncIterator[Served]:
    assert recorded.endpoint
    async with served() as roles:
        yield roles
