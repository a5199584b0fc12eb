"""The buses that the behaviour suite runs against, and short ways to use them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from deltastream.adapters.bus.choose import open_bus
from deltastream.ports.bus import Bus

Connect = Callable[[], Bus]


@pytest.fixture(params=["memory", "redis_streams"])
def bus_url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory:"
    return str(request.getfixturevalue("redis_url"))


@pytest.fixture
async def connect(bus_url: str) -> AsyncIterator[Connect]:
    """Return what a process calls to reach the bus: a new connection to the same logs.

    The bus in memory is its own process, so that a second connection is the same object.
    """
    async with AsyncExitStack() as stack:

        def opened() -> Bus:
            bus = open_bus(bus_url)
            stack.push_async_callback(bus.close)
            return bus

        only = opened()
        yield (lambda: only) if bus_url == "memory:" else opened


@pytest.fixture
def bus(connect: Connect) -> Bus:
    return connect()
