"""What the cache in memory promises besides."""

from deltastream.adapters.cache.memory import MemoryCache


class HandClock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_value_lives_exactly_its_time() -> None:
    clock = HandClock()
    cache = MemoryCache(clock=clock)
    await cache.set_many({"a": b"1"}, ttl=10.0)

    clock.now += 9.999
    assert await cache.get_many(["a"]) == [b"1"]

    clock.now += 0.001
    assert await cache.get_many(["a"]) == [None]


async def test_a_full_cache_forgets_what_was_written_longest_ago() -> None:
    cache = MemoryCache(capacity=2)
    await cache.set_many({"a": b"1", "b": b"2"}, ttl=60.0)
    await cache.set_many({"a": b"3"}, ttl=60.0)

    await cache.set_many({"c": b"4"}, ttl=60.0)

    assert await cache.get_many(["a", "b", "c"]) == [b"3", None, b"4"]
