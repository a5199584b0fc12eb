"""Refresh tokens that are used at once, again, and by several: one session goes on at the most."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any, Final

import aiohttp
import grpc
import pytest
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import reason_of
from tests.security.crowds import PATIENCE_SECONDS, TOO_BUSY, each_of
from tests.security.doors import IN_THE_SUITE, SECONDS, Doors, bearing

from deltastream.auth.v1.auth_service_pb2 import RefreshRequest
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub

pytestmark = IN_THE_SUITE

CROWD: Final = 40
REFUSED: Final = "refused"


class Refreshing:
    """Refreshes at three doors in turn: REST, the public gRPC address, and auth itself."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._next = 0

    async def __call__(self, refresh_token: str) -> str:
        """Return the next refresh token, or that it is REFUSED; ask again where all are busy."""
        return await eventually(
            lambda: self._once(refresh_token), lambda got: got != TOO_BUSY, seconds=PATIENCE_SECONDS
        )

    async def _once(self, refresh_token: str) -> str:
        self._next += 1
        door = ("rest", "public", "auth")[self._next % 3]
        return await (
            self._by_rest(refresh_token)
            if door == "rest"
            else self._by_grpc(refresh_token, self._doors.mesh.grpc[door])
        )

    async def _by_rest(self, refresh_token: str) -> str:
        request = {"refresh_token": refresh_token}
        async with (
            aiohttp.ClientSession(self._doors.mesh.http) as session,
            session.post("/api/auth/refresh", json=request) as response,
        ):
            body = await response.json()
            if response.status == 429:
                return str(body["details"][0]["reason"])
            assert response.status in {200, 401}
            return str(body["refresh_token"]) if response.ok else REFUSED

    async def _by_grpc(self, refresh_token: str, address: str) -> str:
        request = RefreshRequest(refresh_token=refresh_token)
        async with grpc.aio.insecure_channel(address) as channel:
            try:
                answer = await AuthServiceStub(channel).Refresh(request, timeout=SECONDS)
            except grpc.aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
                    return reason_of(error)
                if error.code() is not grpc.StatusCode.UNAUTHENTICATED:
                    raise
                return REFUSED
            return str(answer.refresh_token)


@pytest.fixture
def refresh(doors: Doors) -> Refreshing:
    return Refreshing(doors)


async def signed_in(doors: Doors) -> Any:
    return await doors.register(f"u{secrets.token_hex(6)}")


async def at_once(refresh: Refreshing, tokens: Sequence[str]) -> list[str]:
    async with asyncio.timeout(60):
        return await each_of(tokens, refresh, at_once=CROWD)


async def test_of_a_crowd_with_one_token_all_get_the_same_successor(
    doors: Doors, refresh: Refreshing
) -> None:
    first = (await signed_in(doors))["refresh_token"]
    (second,) = set(await at_once(refresh, [first] * CROWD))
    assert second not in {REFUSED, first}
    assert await refresh(second) != REFUSED


async def test_a_crowd_that_races_down_a_chain_makes_one_chain(
    doors: Doors, refresh: Refreshing
) -> None:
    token = (await signed_in(doors))["refresh_token"]
    chain = [token]
    for _ in range(5):
        (token,) = set(await at_once(refresh, [token] * 8))
        chain.append(token)
    assert REFUSED not in chain
    assert len(set(chain)) == 6
    # Who still has the last but one gets what its holder got; who has an older one is a thief.
    assert await refresh(chain[-2]) == chain[-1]
    assert await refresh(chain[-3]) == REFUSED
    assert set(await at_once(refresh, chain)) == {REFUSED}


async def test_a_replay_that_races_with_its_owner_ends_the_session_for_both(
    doors: Doors, refresh: Refreshing
) -> None:
    account = await signed_in(doors)
    oldest = account["refresh_token"]
    older = await refresh(oldest)
    newest = await refresh(older)
    got = set(await at_once(refresh, [oldest, newest] * (CROWD // 2)))
    assert len(got - {REFUSED}) <= 1
    for token in (oldest, older, newest, *(got - {REFUSED})):
        assert await refresh(token) == REFUSED
    async with aiohttp.ClientSession(
        doors.mesh.http, headers=dict(bearing(account["token"]))
    ) as session:

        async def status() -> int:
            async with session.get("/api/data/products") as response:
                return response.status

        # The access tokens of the session too, as soon as the roles know.
        await eventually(status, (401).__eq__, seconds=SECONDS)


async def test_another_session_of_the_account_goes_on(doors: Doors, refresh: Refreshing) -> None:
    name = f"u{secrets.token_hex(6)}"
    stolen = (await doors.register(name))["refresh_token"]
    mine = (await doors.log_in(name))["refresh_token"]
    await refresh(await refresh(stolen))
    assert await refresh(stolen) == REFUSED
    assert await refresh(mine) != REFUSED


async def test_what_is_logged_out_while_it_is_refreshed_stays_logged_out(
    doors: Doors, refresh: Refreshing
) -> None:
    for _ in range(5):
        token = (await signed_in(doors))["refresh_token"]
        async with aiohttp.ClientSession(doors.mesh.http) as session:

            async def log_out(http: aiohttp.ClientSession, refresh_token: str) -> None:
                body = {"refresh_token": refresh_token}
                async with http.post("/api/auth/logout", json=body) as response:
                    assert response.status == 200

            got, _ = await asyncio.gather(at_once(refresh, [token] * 6), log_out(session, token))
        assert len(set(got) - {REFUSED}) <= 1
        assert set(await at_once(refresh, [token, *got])) == {REFUSED}
