"""Accounts: found by id and e-mail address, one of each address."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deltastream.adapters.users.choose import open_users
from deltastream.domain.errors import (
    DependencyUnavailableError,
    EmailTakenError,
    InvalidValueError,
)
from deltastream.ports.users import User, UserStore

ADA = User(
    id="01",
    email="ada@example.com",
    name="Ada Lovelace",
    roles=("reader", "admin"),
    created_at=datetime(2026, 1, 23, 3, 45, 0, 123456, tzinfo=UTC),
    password_hash=b"$2b$12$\x00\xff",
)
_numbers = count(100)


async def test_an_account_is_found_by_id_and_by_email(users: UserStore) -> None:
    await users.add(ADA)
    assert await users.by_id(ADA.id) == ADA
    assert await users.by_email(ADA.email) == ADA


async def test_an_unknown_account_is_none(users: UserStore) -> None:
    await users.add(ADA)
    assert await users.by_id("ada@example.com") is None
    assert await users.by_email("01") is None
    assert await users.by_email("Ada@example.com") is None


async def test_an_email_is_taken_once(users: UserStore) -> None:
    await users.add(ADA)
    with pytest.raises(EmailTakenError):
        await users.add(replace(ADA, id="02", name="Another"))
    assert await users.by_email(ADA.email) == ADA
    assert await users.by_id("02") is None


async def test_of_a_race_for_an_email_one_wins(users: UserStore, users_url: str) -> None:
    second = await open_users(users_url)
    async with asyncio.timeout(20):
        outcomes = await asyncio.gather(
            *(
                either.add(replace(ADA, id=f"{number}{place}"))
                for number in range(10)
                for place, either in (("a", users), ("b", second))
            ),
            return_exceptions=True,
        )
    await second.close()
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, EmailTakenError) for outcome in outcomes) == 19
    winner = await users.by_email(ADA.email)
    assert winner is not None
    assert await users.by_id(winner.id) == winner


async def test_an_email_in_upper_case_is_refused(users: UserStore) -> None:
    with pytest.raises(InvalidValueError, match="email: must be in lower case"):
        await users.add(replace(ADA, email="Ada@example.com"))
    assert await users.by_id(ADA.id) is None


async def test_accounts_are_there_after_reopening(users_url: str) -> None:
    users = await open_users(users_url)
    await users.add(ADA)
    await users.close()
    reopened = await open_users(users_url)
    assert await reopened.by_email(ADA.email) == ADA
    await reopened.close()


async def test_a_store_that_answers_says_so(users: UserStore) -> None:
    await users.ping()


async def test_a_closed_store_is_unavailable(users_url: str) -> None:
    users = await open_users(users_url)
    await users.close()
    with pytest.raises(DependencyUnavailableError):
        await users.by_id("01")
    with pytest.raises(DependencyUnavailableError):
        await users.add(ADA)
    with pytest.raises(DependencyUnavailableError):
        await users.ping()


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
    users: UserStore,
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
    await users.add(user)
    assert await users.by_id(user.id) == user
