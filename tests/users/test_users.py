"""Accounts: found by id and e-mail address, one of each address."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deltastream.adapters.users.choose import open_users
from deltastream.domain.errors import (
    DependencyUnavailableError,
    EmailTakenError,
    InvalidValueError,
    LastAdministratorError,
)
from deltastream.ports.users import User, UserDatabase

ADA = User(
    id="01",
    email="ada@example.com",
    name="Ada Lovelace",
    roles=("reader", "admin"),
    created_at=datetime(2026, 1, 23, 3, 45, 0, 123456, tzinfo=UTC),
    password_hash=b"$2b$12$\x00\xff",
)
BOB = replace(ADA, id="02", email="bob@example.com", name="Bob", roles=("reader",))
_numbers = count(100)


async def test_an_account_is_found_by_id_and_by_email(database: UserDatabase) -> None:
    await database.users.add(ADA)
    assert await database.users.by_id(ADA.id) == ADA
    assert await database.users.by_email(ADA.email) == ADA


async def test_an_unknown_account_is_none(database: UserDatabase) -> None:
    await database.users.add(ADA)
    assert await database.users.by_id("ada@example.com") is None
    assert await database.users.by_email("01") is None
    assert await database.users.by_email("Ada@example.com") is None


async def test_an_email_is_taken_once(database: UserDatabase) -> None:
    await database.users.add(ADA)
    with pytest.raises(EmailTakenError):
        await database.users.add(replace(ADA, id="02", name="Another"))
    assert await database.users.by_email(ADA.email) == ADA
    assert await database.users.by_id("02") is None


async def test_of_a_race_for_an_email_one_wins(database: UserDatabase, users_url: str) -> None:
    second = await open_users(users_url)
    async with asyncio.timeout(20):
        outcomes = await asyncio.gather(
            *(
                either.users.add(replace(ADA, id=f"{number}{place}"))
                for number in range(10)
                for place, either in (("a", database), ("b", second))
            ),
            return_exceptions=True,
        )
    await second.close()
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, EmailTakenError) for outcome in outcomes) == 19
    winner = await database.users.by_email(ADA.email)
    assert winner is not None
    assert await database.users.by_id(winner.id) == winner


async def test_an_email_in_upper_case_is_refused(database: UserDatabase) -> None:
    with pytest.raises(InvalidValueError, match="email: must be in lower case"):
        await database.users.add(replace(ADA, email="Ada@example.com"))
    assert await database.users.by_id(ADA.id) is None


async def test_everything_is_there_after_reopening(users_url: str) -> None:
    database = await open_users(users_url)
    await database.users.add(ADA)
    await database.close()
    reopened = await open_users(users_url)
    assert await reopened.users.by_email(ADA.email) == ADA
    await reopened.close()


async def test_a_database_that_answers_says_so(database: UserDatabase) -> None:
    await database.ping()


async def test_a_closed_database_is_unavailable(users_url: str) -> None:
    database = await open_users(users_url)
    await database.close()
    await database.close()
    calls: list[Callable[[], Awaitable[object]]] = [
        partial(database.users.by_id, "01"),
        partial(database.users.add, ADA),
        partial(database.sessions.by_id, "01"),
        partial(database.api_keys.by_id, "01"),
        database.ping,
    ]
    for call in calls:
        with pytest.raises(DependencyUnavailableError) as caught:
            await call()
        assert caught.value.metadata == {"dependency": "user store"}


async def test_accounts_are_listed_by_email_from_any_place(database: UserDatabase) -> None:
    for number, letter in enumerate("cab"):
        await database.users.add(replace(ADA, id=str(number), email=f"{letter}@example.com"))
    first = await database.users.page(after="", size=2)
    assert [user.email[0] for user in first] == ["a", "b"]
    rest = await database.users.page(after=first[-1].email, size=2)
    assert [user.email[0] for user in rest] == ["c"]
    assert list(await database.users.page(after="c@example.com", size=2)) == []


async def test_roles_are_replaced_and_those_before_returned(database: UserDatabase) -> None:
    await database.users.add(ADA)
    await database.users.add(BOB)
    assert await database.users.set_roles(BOB.id, ("reader", "admin")) == BOB
    assert await database.users.by_id(BOB.id) == replace(BOB, roles=("reader", "admin"))
    assert await database.users.set_roles(ADA.id, ("reader",)) == ADA
    assert await database.users.set_roles("nobody", ("reader",)) is None


async def test_the_last_administrator_stays_one(database: UserDatabase) -> None:
    await database.users.add(ADA)
    await database.users.add(BOB)
    with pytest.raises(LastAdministratorError):
        await database.users.set_roles(ADA.id, ("reader",))
    assert await database.users.by_id(ADA.id) == ADA
    # What leaves the role, and what never had it, is no matter.
    await database.users.set_roles(ADA.id, ("admin",))
    await database.users.set_roles(BOB.id, ("reader",))


async def test_of_administrators_who_depose_each_other_one_stays(
    database: UserDatabase, users_url: str
) -> None:
    second = await open_users(users_url)
    names = [f"{number}" for number in range(6)]
    for name in names:
        await database.users.add(replace(ADA, id=name, email=f"{name}@example.com"))
    async with asyncio.timeout(20):
        await asyncio.gather(
            *(
                (database, second)[place % 2].users.set_roles(name, ("reader",))
                for place, name in enumerate(names)
            ),
            return_exceptions=True,
        )
    await second.close()
    left = [user for user in await database.users.page(after="", size=10) if "admin" in user.roles]
    assert left


async def test_a_password_is_replaced_if_it_is_still_the_same(database: UserDatabase) -> None:
    await database.users.add(ADA)
    old = ADA.password_hash
    assert not await database.users.set_password(ADA.id, b"new", instead_of=b"another")
    assert await database.users.by_id(ADA.id) == ADA
    assert await database.users.set_password(ADA.id, b"new", instead_of=old)
    assert await database.users.by_id(ADA.id) == replace(ADA, password_hash=b"new")
    assert not await database.users.set_password(ADA.id, b"newer", instead_of=old)


async def test_tokens_are_refused_before_the_latest_moment_that_was_said(
    database: UserDatabase,
) -> None:
    await database.users.add(ADA)
    await database.users.add(BOB)
    later, earlier = ADA.created_at + timedelta(days=2), ADA.created_at + timedelta(days=1)
    for moment in (later, earlier):
        await database.users.refuse_tokens(ADA.id, before=moment)
    assert await database.users.by_id(ADA.id) == replace(ADA, tokens_before=later)
    assert [user.id for user in await database.users.refusing_since(later)] == [ADA.id]
    assert not await database.users.refusing_since(later + timedelta(microseconds=1))


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.text(st.characters(codec="utf-8")),
    roles=st.lists(st.text(st.characters(codec="utf-8"))).map(tuple),
    created_at=st.datetimes(timezones=st.just(UTC)),
    password_hash=st.binary(),
)
async def test_an_account_is_read_as_it_was_written(
    database: UserDatabase,
    name: str,
    roles: tuple[str, ...],
    created_at: datetime,
    password_hash: bytes,
) -> None:
    number = next(_numbers)
    user = User(
        id=str(number),
        email=f"{number}@example.com",
        name=name,
        roles=roles,
        created_at=created_at,
        password_hash=password_hash,
    )
    await database.users.add(user)
    assert await database.users.by_id(user.id) == user
