"""Which bus a URL means."""

import pytest

from deltastream.adapters.bus.choose import open_bus
from deltastream.adapters.bus.memory import MemoryBus
from deltastream.adapters.bus.redis_streams import RedisStreamsBus


async def test_each_memory_bus_is_a_log_of_its_own() -> None:
    one, other = open_bus("memory:"), open_bus("memory:")

    assert isinstance(one, MemoryBus)
    assert await one.epoch() != await other.epoch()


@pytest.mark.parametrize(
    "url", ["redis://localhost:6379/1", "rediss://cache.example:6380", "unix:///run/redis.sock"]
)
async def test_a_redis_url_means_redis_streams(url: str) -> None:
    bus = open_bus(url)

    assert isinstance(bus, RedisStreamsBus)
    await bus.close()


@pytest.mark.parametrize("url", ["kafka://user:secret@host", "secret", ""])
def test_another_scheme_is_refused_by_naming_those_that_are_known(url: str) -> None:
    with pytest.raises(ValueError, match="memory, redis, rediss, unix") as caught:
        open_bus(url)

    assert "secret" not in str(caught.value)
