"""What the cache in memory promises besides."""

from deltastream.adapters.cache.memory import MemoryCache
from deltastream.ports.cache import Versioned


class HandClock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_value_lives_exactly_its_time() -> None:
    clock = HandClock()
    cache = MemoryCache(clock=clock)
    await cache.put_newest({"a": Versioned(1, b"1")}, ttl=10.0)

    clock.now += 9.999
    assert await cache.get_many(["a"]) == [Versioned(1, b"1")]

    clock.now += 0.001
    assert await cache.get_many(["a"]) == [None]


async def test_a_full_cache_forgets_what_was_written_longest_ago() -> None:
    cache = MemoryCache(capacity=2)
    await cache.put_newest({"a": Versioned(1, b"1"), "b": Versioned(1, b"2")}, ttl=60.0)
    await cache.put_newest({"a": Versioned(1, b"3")}, ttl=60.0)

    await cache.put_newest({"c": Versioned(1, b"4")}, ttl=60.0)

    assert await cache.get_many(["a", "b", "c"]) == [Versioned(1, b"3"), None, Versioned(1, b"4")]
