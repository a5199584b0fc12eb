"""Which cache a URL means."""

import pytest

from deltastream.adapters.cache.choose import open_cache
from deltastream.adapters.cache.memory import MemoryCache
from deltastream.adapters.cache.redis import RedisCache


def test_memory_means_a_cache_of_its_own() -> None:
    assert isinstance(open_cache("memory:"), MemoryCache)


@pytest.mark.parametrize(
    "url", ["redis://localhost:6379/1", "rediss://cache.example:6380", "unix:///run/redis.sock"]
)
async def test_a_redis_url_means_redis(url: str) -> None:
    cache = open_cache(url)

    assert isinstance(cache, RedisCache)
    await cache.close()


@pytest.mark.parametrize("url", ["memcached://user:secret@host", "secret", ""])
def test_another_scheme_is_refused_by_naming_those_that_are_known(url: str) -> None:
    with pytest.raises(ValueError, match="memory, redis, rediss, unix") as caught:
        open_cache(url)

    assert "secret" not in str(caught.value)
