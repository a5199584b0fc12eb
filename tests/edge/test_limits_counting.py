"""What every counter does, wherever it counts."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.fixtures.eventually import eventually

from deltastream.edge.limits.counting import Counter
from deltastream.edge.limits.memory import MemoryCounter
from deltastream.edge.limits.rates import Rate
from deltastream.edge.limits.shared import FallbackCounter, RedisCounter
from deltastream.runtime.embedded_redis import EmbeddedRedis

SLOW = Rate(name="client", per_minute=6, burst=3)
# A busy machine may be slow, and is not what these are about.
PATIENCE = 20.0
QUICK = Rate(name="client", per_minute=120, burst=2)


@pytest.fixture(params=["memory", "redis", "redis with a fallback"])
async def counter(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Counter]:
    made: Counter = MemoryCounter()
    if request.param != "memory":
        made = RedisCounter(redis_url, patience=PATIENCE)
    if request.param == "redis with a fallback":
        made = FallbackCounter(made, MemoryCounter())
    yield made
    await made.close()


async def taken(counter: Counter, rate: Rate, key: str, times: int) -> list[bool]:
    return [(await counter.take(rate, key)).retry_in == 0.0 for _ in range(times)]


async def test_a_burst_may_be_asked_at_once_and_not_once_more(counter: Counter) -> None:
    assert await taken(counter, SLOW, "ada", 5) == [True, True, True, False, False]


async def test_what_remains_is_told(counter: Counter) -> None:
    remaining = [(await counter.take(SLOW, "ada")).remaining for _ in range(4)]
    assert remaining == [2, 1, 0, 0]


async def test_who_was_refused_is_told_how_long_to_wait(counter: Counter) -> None:
    await taken(counter, SLOW, "ada", 3)
    refused = await counter.take(SLOW, "ada")
    assert 0.0 < refused.retry_in <= SLOW.window


async def test_tokens_come_back(counter: Counter) -> None:
    assert await taken(counter, QUICK, "ada", 3) == [True, True, False]

    async def refused_for() -> float:
        return (await counter.take(QUICK, "ada")).retry_in

    await eventually(refused_for, (0.0).__eq__)


async def test_everybody_has_a_bucket_of_their_own(counter: Counter) -> None:
    await taken(counter, SLOW, "ada", 3)
    assert await taken(counter, SLOW, "bob", 1) == [True]


async def test_every_rate_has_buckets_of_its_own(counter: Counter) -> None:
    await taken(counter, SLOW, "ada", 3)
    other = Rate(name="account", per_minute=6, burst=3)
    assert await taken(counter, other, "ada", 1) == [True]


async def test_those_who_ask_at_once_do_not_get_more(counter: Counter) -> None:
    standings = await asyncio.gather(*(counter.take(SLOW, "ada") for _ in range(20)))
    assert sum(standing.retry_in == 0.0 for standing in standings) == 3


async def test_two_edges_count_together_in_redis(redis_url: str) -> None:
    one, other = (RedisCounter(redis_url, patience=PATIENCE) for _ in range(2))
    assert await taken(one, SLOW, "ada", 2) == [True, True]
    assert await taken(other, SLOW, "ada", 2) == [True, False]
    await one.close()
    await other.close()


async def test_without_redis_each_edge_counts_alone_and_asks_it_again_later(
    own_redis: EmbeddedRedis,
) -> None:
    now = 0.0
    counter = FallbackCounter(
        RedisCounter(own_redis.url, patience=PATIENCE),
        MemoryCounter(),
        monotonic=lambda: now,
        pause=5.0,
    )
    assert await taken(counter, SLOW, "ada", 3) == [True, True, True]
    await own_redis.kill()
    assert await taken(counter, SLOW, "ada", 4) == [True, True, True, False]
    await own_redis.start()
    assert await taken(counter, SLOW, "bob", 3) == [True, True, True]
    other = RedisCounter(own_redis.url, patience=PATIENCE)
    assert await taken(other, SLOW, "bob", 3) == [True, True, True], "it is left alone for a while"
    now = 6.0
    assert await taken(counter, SLOW, "bob", 1) == [False], "both count in Redis"
    await other.close()
    await counter.close()


async def test_a_redis_that_never_was_costs_one_wait_and_no_more() -> None:
    counter = FallbackCounter(RedisCounter("redis://127.0.0.1:1"), MemoryCounter())
    async with asyncio.timeout(1):
        assert await taken(counter, SLOW, "ada", 4) == [True, True, True, False]
    await counter.close()


async def test_buckets_in_memory_are_bounded_and_those_in_use_are_kept() -> None:
    now = 0.0
    counter = MemoryCounter(monotonic=lambda: now, most=100)
    for number in range(100):
        await counter.take(SLOW, f"passer-by {number}")
    now = 60.0
    await taken(counter, SLOW, "ada", 3)
    for number in range(20):
        await counter.take(SLOW, f"another {number}")
    assert await taken(counter, SLOW, "ada", 1) == [False]
    assert len(counter._full_at) <= 100


async def test_a_flood_of_addresses_does_not_grow_memory() -> None:
    counter = MemoryCounter(monotonic=lambda: 0.0, most=100)
    for number in range(1000):
        await counter.take(SLOW, str(number))
    assert len(counter._full_at) <= 100


def test_a_rate_is_written_as_a_window_that_a_burst_fits_in() -> None:
    rate = Rate(name="client", per_minute=600, burst=200)
    assert rate.policy == '"client";q=200;w=20'
    assert str(rate) == "600/minute"
