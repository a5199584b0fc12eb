"""What every cache promises."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.eventually import eventually

from deltastream.adapters.cache.choose import open_cache
from deltastream.ports.cache import Cache, Versioned

LARGEST = 10**40 - 1


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


def first(**values: bytes) -> dict[str, Versioned]:
    """Return the first versions of some values."""
    return {key: Versioned(1, value) for key, value in values.items()}


async def kept(cache: Cache, *keys: str) -> list[bytes | None]:
    """Return what is kept under some keys, without its version."""
    return [found and found.value for found in await cache.get_many(keys)]


async def test_values_come_back_in_the_order_of_their_keys(cache: Cache) -> None:
    await cache.put_newest(first(a=b"1", b=b"2"), ttl=60.0)

    assert await kept(cache, "b", "a") == [b"2", b"1"]


async def test_an_absent_key_is_none_beside_those_that_are_there(cache: Cache) -> None:
    await cache.put_newest(first(a=b""), ttl=60.0)

    assert await kept(cache, "x", "a", "x") == [None, b"", None]


async def test_a_newer_value_replaces_an_older_one_and_never_the_reverse(cache: Cache) -> None:
    for version, value in [(9, b"9"), (10, b"10"), (2, b"2"), (LARGEST, b"last"), (99, b"99")]:
        await cache.put_newest({"a": Versioned(version, value)}, ttl=60.0)

    assert await cache.get_many(["a"]) == [Versioned(LARGEST, b"last")]


async def test_of_values_put_together_each_is_judged_by_itself(cache: Cache) -> None:
    await cache.put_newest({"a": Versioned(5, b"a5"), "b": Versioned(1, b"b1")}, ttl=60.0)
    await cache.put_newest({"a": Versioned(4, b"a4"), "b": Versioned(2, b"b2")}, ttl=60.0)

    assert await kept(cache, "a", "b") == [b"a5", b"b2"]


async def test_the_same_version_again_takes_the_place_of_the_first(cache: Cache) -> None:
    await cache.put_newest(first(a=b"1"), ttl=60.0)
    await cache.put_newest(first(a=b"2"), ttl=60.0)

    assert await kept(cache, "a") == [b"2"]


async def test_an_older_value_does_not_give_a_newer_one_more_time(cache: Cache) -> None:
    await cache.put_newest({"a": Versioned(2, b"2")}, ttl=0.15)
    await cache.put_newest({"a": Versioned(1, b"1")}, ttl=60.0)

    await eventually(lambda: kept(cache, "a"), until=lambda values: values == [None])


@pytest.mark.parametrize("version", [-1, LARGEST + 1])
async def test_a_version_that_has_no_place_is_refused(cache: Cache, version: int) -> None:
    with pytest.raises(ValueError, match="version"):
        await cache.put_newest({**first(a=b"1"), "b": Versioned(version, b"")}, ttl=60.0)

    assert await kept(cache, "a", "b") == [None, None]


async def test_a_value_is_gone_after_its_time(cache: Cache) -> None:
    await cache.put_newest(first(short=b"1"), ttl=0.15)
    await cache.put_newest(first(long=b"2"), ttl=60.0)
    assert await kept(cache, "short", "long") == [b"1", b"2"]

    left = await eventually(
        lambda: kept(cache, "short", "long"), until=lambda values: values[0] is None
    )

    assert left == [None, b"2"]


async def test_writing_again_starts_the_time_again(cache: Cache) -> None:
    await cache.put_newest(first(a=b"1", b=b"1"), ttl=0.05)
    await cache.put_newest(first(a=b"2"), ttl=60.0)

    await eventually(lambda: kept(cache, "b"), until=lambda values: values == [None])

    assert await kept(cache, "a") == [b"2"]


async def test_deleted_keys_are_absent_and_others_stay(cache: Cache) -> None:
    await cache.put_newest(first(a=b"1", b=b"2"), ttl=60.0)

    await cache.delete_many(["a", "never"])

    assert await kept(cache, "a", "b") == [None, b"2"]


async def test_nothing_may_be_asked_for_written_and_deleted(cache: Cache) -> None:
    await cache.put_newest({}, ttl=60.0)
    await cache.delete_many([])

    assert await cache.get_many([]) == []


@pytest.mark.parametrize("ttl", [0.0, -1.0, float("nan")])
async def test_a_time_that_is_not_above_0_is_refused(cache: Cache, ttl: float) -> None:
    with pytest.raises(ValueError, match="is not above 0"):
        await cache.put_newest(first(a=b"1"), ttl=ttl)

    assert await kept(cache, "a") == [None]


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    values=st.dictionaries(
        st.text(),
        st.builds(Versioned, st.integers(0, LARGEST), st.binary(max_size=2000)),
        max_size=5,
    )
)
async def test_any_key_version_and_bytes_come_back(
    cache: Cache, values: dict[str, Versioned]
) -> None:
    await cache.delete_many(list(values))
    await cache.put_newest(values, ttl=60.0)

    assert await cache.get_many(list(values)) == list(values.values())


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(versions=st.lists(st.integers(0, LARGEST), min_size=1))
async def test_what_stays_is_the_newest_whatever_the_order(
    cache: Cache, versions: list[int]
) -> None:
    await cache.delete_many(["a"])
    for version in versions:
        await cache.put_newest({"a": Versioned(version, b"%d" % version)}, ttl=60.0)

    assert await cache.get_many(["a"]) == [Versioned(max(versions), b"%d" % max(versions))]
