"""Auth calls others with a service token that it signs itself."""

import asyncio

import pytest
from pydantic import SecretStr
from tests.auth.conftest import SECRET, Served

from deltastream.auth.own_token import own_token


async def test_it_is_a_service_of_the_mesh_like_any_other(served: Served) -> None:
    own = own_token(
        served.auth.service_tokens,
        service="auth",
        secret=SecretStr(SECRET),
        clock=lambda: served.clock().timestamp(),
    )
    following = asyncio.create_task(own.follow())
    try:
        ((name, bearer),) = await own.metadata()
    finally:
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following
    assert name == "authorization"
    user = (await served.verify(bearer.removeprefix("Bearer "))).user
    assert (user.id, list(user.roles)) == ("service/auth", ["service"])


async def test_without_a_secret_it_calls_as_nobody(served: Served) -> None:
    own = own_token(served.auth.service_tokens, service="auth", secret=SecretStr(""))
    assert not own.is_needed
    assert await own.metadata() == ()
