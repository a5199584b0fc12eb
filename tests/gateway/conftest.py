"""Both sides, run once for all tests that compare them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.gateway.both_sides import BothSides, both_sides
from tests.gateway.gateway_process import NOT_ASKED_FOR, PROGRAM, asked_for


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sides() -> AsyncIterator[BothSides]:
    """The edge and a grpc-gateway before the same services."""
    if not asked_for:
        pytest.skip(NOT_ASKED_FOR)
    assert PROGRAM.is_file(), "tests/gateway/build has not built a grpc-gateway"
    async with both_sides() as found:
        yield found
