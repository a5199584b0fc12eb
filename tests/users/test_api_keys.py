"""API keys in the user database."""

import asyncio
from dataclasses import replace

import pytest
from tests.users.test_sessions import DAY, NOW
from tests.users.test_users import ADA, BOB

from deltastream.domain.errors import TooManyApiKeysError
from deltastream.ports.api_keys import ApiKey
from deltastream.ports.users import UserDatabase

KEY = ApiKey(
    id="k1",
    user_id=ADA.id,
    name="nightly",
    roles=("reader",),
    created_at=NOW,
    secret_digest=b"digest\x00\xff",
)


@pytest.fixture
async def opened(database: UserDatabase) -> UserDatabase:
    """Return a database with two accounts and a key of the first."""
    for user in (ADA, BOB):
        await database.users.add(user)
    await database.api_keys.add(KEY, most=100)
    return database


async def test_a_key_is_read_as_it_was_written(opened: UserDatabase) -> None:
    whole = replace(KEY, id="k2", expires_at=NOW, last_used_at=NOW + DAY, deleted_at=NOW + 2 * DAY)
    await opened.api_keys.add(whole, most=100)
    assert await opened.api_keys.by_id("k2") == whole
    assert await opened.api_keys.by_id("k1") == KEY
    assert await opened.api_keys.by_id("k3") is None


async def test_keys_are_listed_newest_first(opened: UserDatabase) -> None:
    newer = replace(KEY, id="k0", created_at=NOW + DAY)
    same = replace(KEY, id="k2")
    theirs = replace(KEY, id="k3", user_id=BOB.id)
    for key in (newer, same, theirs):
        await opened.api_keys.add(key, most=100)
    assert list(await opened.api_keys.of_user(ADA.id)) == [newer, same, KEY]


async def test_one_too_many_changes_nothing(opened: UserDatabase) -> None:
    await opened.api_keys.add(replace(KEY, id="k2"), most=2)
    with pytest.raises(TooManyApiKeysError):
        await opened.api_keys.add(replace(KEY, id="k3"), most=2)
    assert await opened.api_keys.by_id("k3") is None
    await opened.api_keys.add(replace(KEY, id="k4", user_id=BOB.id), most=1)
    await opened.api_keys.delete(ADA.id, "k1", at=NOW)
    await opened.api_keys.add(replace(KEY, id="k5"), most=2)


async def test_keys_that_are_added_at_once_are_never_too_many(opened: UserDatabase) -> None:
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(opened.api_keys.add(replace(KEY, id=f"n{number}"), most=5) for number in range(12)),
            return_exceptions=True,
        )
    assert len(await opened.api_keys.of_user(ADA.id)) <= 5


async def test_a_key_is_deleted_once_and_by_its_owner(opened: UserDatabase) -> None:
    assert not await opened.api_keys.delete(BOB.id, "k1", at=NOW)
    assert await opened.api_keys.delete(ADA.id, "k1", at=NOW + DAY)
    assert not await opened.api_keys.delete(ADA.id, "k1", at=NOW + 2 * DAY)
    assert list(await opened.api_keys.of_user(ADA.id)) == []
    gone = replace(KEY, deleted_at=NOW + DAY)
    assert await opened.api_keys.by_id("k1") == gone
    assert list(await opened.api_keys.deleted_since(NOW + DAY)) == [gone]
    assert not await opened.api_keys.deleted_since(NOW + 2 * DAY)


async def test_using_a_key_is_noted(opened: UserDatabase) -> None:
    await opened.api_keys.used("k1", at=NOW + DAY)
    assert await opened.api_keys.by_id("k1") == replace(KEY, last_used_at=NOW + DAY)


async def test_what_was_deleted_is_purged(opened: UserDatabase) -> None:
    await opened.api_keys.add(replace(KEY, id="k2"), most=100)
    await opened.api_keys.delete(ADA.id, "k1", at=NOW)
    assert await opened.api_keys.purge(before=NOW) == 0
    assert await opened.api_keys.purge(before=NOW + DAY) == 1
    assert await opened.api_keys.by_id("k1") is None
    assert await opened.api_keys.by_id("k2") is not None
