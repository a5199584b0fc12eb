"""Sessions in the user database: what changes, changes once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.store.adapters import skip_unless_replacing_is_atomic
from tests.users.test_users import ADA, BOB

from deltastream.adapters.users.choose import open_users
from deltastream.ports.sessions import Rotation, Session
from deltastream.ports.users import UserDatabase

NOW = datetime(2026, 1, 23, 4, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
SESSION = Session(
    id="s1",
    user_id=ADA.id,
    created_at=NOW,
    expires_at=NOW + 30 * DAY,
    family_digest=b"family\x00\xff",
    digest=b"first\x00\xff",
)


def to(digest: bytes, *, salt: bytes = b"salt", after: timedelta = DAY) -> Rotation:
    """Return a rotation to a digest."""
    return Rotation(digest=digest, salt=salt, at=NOW + after, expires_at=NOW + after + 30 * DAY)


@pytest.fixture
async def opened(database: UserDatabase) -> UserDatabase:
    """Return a database with two accounts and a session of the first."""
    for user in (ADA, BOB):
        await database.users.add(user)
    await database.sessions.add(SESSION, most=50)
    return database


async def test_a_session_is_read_as_it_was_written(opened: UserDatabase) -> None:
    whole = replace(
        SESSION,
        id="s2",
        previous_digest=b"previous",
        salt=b"salt",
        rotated_at=NOW,
        ended_at=NOW + DAY,
    )
    await opened.sessions.add(whole, most=50)
    assert await opened.sessions.by_id("s2") == whole
    assert await opened.sessions.by_id("s1") == SESSION
    assert await opened.sessions.by_id("s3") is None


async def test_a_rotation_remembers_what_it_replaced(opened: UserDatabase) -> None:
    assert await opened.sessions.rotate("s1", to(b"second"), instead_of=SESSION.digest)
    assert await opened.sessions.by_id("s1") == replace(
        SESSION,
        digest=b"second",
        previous_digest=SESSION.digest,
        salt=b"salt",
        rotated_at=NOW + DAY,
        expires_at=NOW + 31 * DAY,
    )


async def test_what_was_replaced_rotates_no_more(opened: UserDatabase) -> None:
    assert await opened.sessions.rotate("s1", to(b"second"), instead_of=SESSION.digest)
    before = await opened.sessions.by_id("s1")
    assert not await opened.sessions.rotate("s1", to(b"third"), instead_of=SESSION.digest)
    assert not await opened.sessions.rotate("s2", to(b"third"), instead_of=b"second")
    assert await opened.sessions.by_id("s1") == before


async def test_of_racing_rotations_one_wins(
    opened: UserDatabase, adapter: str, users_url: str
) -> None:
    skip_unless_replacing_is_atomic(adapter)
    second = await open_users(users_url)
    digests = [f"digest {number}".encode() for number in range(20)]
    async with asyncio.timeout(30):
        won = await asyncio.gather(
            *(
                (opened, second)[place % 2].sessions.rotate(
                    "s1", to(digest), instead_of=SESSION.digest
                )
                for place, digest in enumerate(digests)
            )
        )
    await second.close()
    assert won.count(True) == 1
    session = await opened.sessions.by_id("s1")
    assert session is not None
    assert session.digest == digests[won.index(True)]


async def test_a_session_ends_once_and_rotates_no_more(opened: UserDatabase) -> None:
    assert await opened.sessions.end("s1", at=NOW + DAY)
    assert not await opened.sessions.end("s1", at=NOW + 2 * DAY)
    assert not await opened.sessions.end("s2", at=NOW)
    assert not await opened.sessions.rotate("s1", to(b"second"), instead_of=SESSION.digest)
    assert await opened.sessions.by_id("s1") == replace(SESSION, ended_at=NOW + DAY)


async def test_all_sessions_of_one_account_end(opened: UserDatabase) -> None:
    mine = replace(SESSION, id="s2")
    over = replace(SESSION, id="s3", ended_at=NOW)
    expired = replace(SESSION, id="s4", expires_at=NOW + DAY)
    theirs = replace(SESSION, id="s5", user_id=BOB.id)
    for session in (mine, over, expired, theirs):
        await opened.sessions.add(session, most=50)
    assert await opened.sessions.end_all(ADA.id, at=NOW + DAY) == 2
    assert await opened.sessions.end_all(ADA.id, at=NOW + DAY) == 0
    assert await opened.sessions.by_id("s2") == replace(mine, ended_at=NOW + DAY)
    assert await opened.sessions.by_id("s3") == over
    assert await opened.sessions.by_id("s5") == theirs


async def test_one_session_too_many_ends_the_oldest_of_its_account(opened: UserDatabase) -> None:
    def at(days: int, **changes: Any) -> Session:
        return replace(SESSION, created_at=NOW + days * DAY, expires_at=NOW + 90 * DAY, **changes)

    # Neither what is over nor what is another's counts.
    await opened.sessions.add(at(0, id="ended", ended_at=NOW), most=3)
    await opened.sessions.add(replace(at(0, id="expired"), expires_at=NOW + DAY), most=3)
    await opened.sessions.add(at(0, id="theirs", user_id=BOB.id), most=1)
    assert await opened.sessions.add(at(3, id="s3"), most=3) == 0
    assert await opened.sessions.add(at(2, id="s2"), most=3) == 0
    assert await opened.sessions.add(at(4, id="s4"), most=3) == 1
    first = await opened.sessions.by_id("s1")
    assert first == replace(SESSION, ended_at=NOW + 4 * DAY)
    assert await opened.sessions.add(at(4, id="s5"), most=3) == 1
    assert await opened.sessions.add(at(4, id="s0"), most=1) == 3
    goes_on = []
    for name in ("s2", "s3", "s4", "s5", "s0", "theirs"):
        session = await opened.sessions.by_id(name)
        assert session is not None
        goes_on += [name] if session.ended_at is None else []
    assert goes_on == ["s0", "theirs"]


async def test_of_sessions_that_begin_at_once_no_more_go_on_than_may(
    opened: UserDatabase,
) -> None:
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(
                opened.sessions.add(replace(SESSION, id=f"new {number}"), most=3)
                for number in range(12)
            )
        )
    assert await opened.sessions.end_all(ADA.id, at=NOW) in {1, 2, 3}


async def test_what_ended_is_listed_from_a_moment_on(opened: UserDatabase) -> None:
    await opened.sessions.add(replace(SESSION, id="s2"), most=50)
    await opened.sessions.end("s1", at=NOW)
    await opened.sessions.end("s2", at=NOW + DAY)
    assert [each.id for each in await opened.sessions.ended_since(NOW + DAY)] == ["s2"]
    assert {each.id for each in await opened.sessions.ended_since(NOW)} == {"s1", "s2"}
    assert not await opened.sessions.ended_since(NOW + 2 * DAY)


async def test_what_is_over_is_purged(opened: UserDatabase) -> None:
    await opened.sessions.add(replace(SESSION, id="s2", ended_at=NOW), most=50)
    await opened.sessions.add(replace(SESSION, id="s3", expires_at=NOW), most=50)
    assert await opened.sessions.purge(before=NOW) == 0
    assert await opened.sessions.purge(before=NOW + timedelta(microseconds=1)) == 2
    assert await opened.sessions.by_id("s1") == SESSION
    assert await opened.sessions.by_id("s2") is None
    assert await opened.sessions.by_id("s3") is None
