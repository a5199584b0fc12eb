"""What the cache in Redis promises besides."""

import asyncio
import os
import signal

import pytest

from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.adapters.cache.redis import RedisCache
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.ports.bus import Entry
from deltastream.ports.cache import Versioned
from deltastream.runtime.embedded_redis import EmbeddedRedis


async def test_a_server_that_has_gone_is_unavailable_and_is_used_again_when_it_is_back(
    own_redis: EmbeddedRedis,
) -> None:
    cache = RedisCache(own_redis.url)
    await cache.put_newest({"a": Versioned(1, b"1")}, ttl=60.0)

    await own_redis.kill()
    async with asyncio.timeout(10.0):
        with pytest.raises(DependencyUnavailableError) as caught:
            await cache.get_many(["a"])
        with pytest.raises(DependencyUnavailableError):
            await cache.put_newest({"a": Versioned(1, b"2")}, ttl=60.0)
        with pytest.raises(DependencyUnavailableError):
            await cache.delete_many(["a"])
    assert caught.value.metadata == {"dependency": "cache"}

    await own_redis.start()
    await cache.put_newest({"a": Versioned(1, b"2")}, ttl=60.0)
    assert await cache.get_many(["a"]) == [Versioned(1, b"2")]
    await cache.close()


async def test_a_frozen_server_costs_its_caller_little(own_redis: EmbeddedRedis) -> None:
    assert own_redis.pid is not None
    cache = RedisCache(own_redis.url)
    await cache.put_newest({"a": Versioned(1, b"1")}, ttl=60.0)
    os.kill(own_redis.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(3.0):
            with pytest.raises(DependencyUnavailableError):
                await cache.get_many(["a"])
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)

    assert await cache.get_many(["a"]) == [Versioned(1, b"1")]
    await cache.close()


async def test_cache_and_bus_may_share_a_database(redis_url: str) -> None:
    bus, cache = RedisStreamsBus(redis_url), RedisCache(redis_url)
    entry = Entry(subject="same", sequence=1, payload=b"event")

    await bus.publish([entry])
    await cache.put_newest({"same": Versioned(1, b"value")}, ttl=60.0)

    assert await bus.latest("same", limit=1) == [entry]
    assert await cache.get_many(["same"]) == [Versioned(1, b"value")]
    await bus.close()
    await cache.close()
