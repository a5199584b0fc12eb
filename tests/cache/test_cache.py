"""What every cache promises."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.eventually import eventually

from deltastream.adapters.cache.choose import open_cache
from deltastream.ports.cache import Cache


@pytest.fixture(params=["memory", "redis"])
def cache_url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory:"
    return str(request.getfixturevalue("redis_url"))


@pytest.fixture
async def cache(cache_url: str) -> AsyncIterator[Cache]:
    cache = open_cache(cache_url)
    yield cache
    await cache.close()


async def test_values_come_back_in_the_order_of_their_keys(cache: Cache) -> None:
    await cache.set_many({"a": b"1", "b": b"2"}, ttl=60.0)

    assert await cache.get_many(["b", "a"]) == [b"2", b"1"]


async def test_an_absent_key_is_none_beside_those_that_are_there(cache: Cache) -> None:
    await cache.set_many({"a": b""}, ttl=60.0)

    assert await cache.get_many(["x", "a", "x"]) == [None, b"", None]


async def test_a_later_value_replaces_an_earlier_one(cache: Cache) -> None:
    await cache.set_many({"a": b"1"}, ttl=60.0)
    await cache.set_many({"a": b"2"}, ttl=60.0)

    assert await cache.get_many(["a"]) == [b"2"]


async def test_a_value_is_gone_after_its_time(cache: Cache) -> None:
    await cache.set_many({"short": b"1"}, ttl=0.15)
    await cache.set_many({"long": b"2"}, ttl=60.0)
    assert await cache.get_many(["short", "long"]) == [b"1", b"2"]

    left = await eventually(
        lambda: cache.get_many(["short", "long"]), until=lambda values: values[0] is None
    )

    assert left == [None, b"2"]


async def test_writing_again_starts_the_time_again(cache: Cache) -> None:
    await cache.set_many({"a": b"1", "b": b"1"}, ttl=0.05)
    await cache.set_many({"a": b"2"}, ttl=60.0)

    await eventually(lambda: cache.get_many(["b"]), until=lambda values: values == [None])

    assert await cache.get_many(["a"]) == [b"2"]


async def test_deleted_keys_are_absent_and_others_stay(cache: Cache) -> None:
    await cache.set_many({"a": b"1", "b": b"2"}, ttl=60.0)

    await cache.delete_many(["a", "never"])

    assert await cache.get_many(["a", "b"]) == [None, b"2"]


async def test_nothing_may_be_asked_for_written_and_deleted(cache: Cache) -> None:
    await cache.set_many({}, ttl=60.0)
    await cache.delete_many([])

    assert await cache.get_many([]) == []


@pytest.mark.parametrize("ttl", [0.0, -1.0, float("nan")])
async def test_a_time_that_is_not_above_0_is_refused(cache: Cache, ttl: float) -> None:
    with pytest.raises(ValueError, match="is not above 0"):
        await cache.set_many({"a": b"1"}, ttl=ttl)

    assert await cache.get_many(["a"]) == [None]


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(values=st.dictionaries(st.text(), st.binary(max_size=2000), max_size=5))
async def test_any_key_and_any_bytes_come_back(cache: Cache, values: dict[str, bytes]) -> None:
    await cache.set_many(values, ttl=60.0)

    assert await cache.get_many(list(values)) == list(values.values())
