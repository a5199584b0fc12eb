"""API keys at the edge: exchanged once, remembered while their tokens are good."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import grpc
import pytest
from google.rpc import error_details_pb2
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import loopback
from tests.fixtures.token_authority import AUTH, TokenAuthority

from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from deltastream.domain.errors import CredentialsInvalidError
from deltastream.edge.api_keys import ApiKeys
from deltastream.edge.credentials import Credentials
from deltastream.edge.errors.statuses import StatusError
from deltastream.runtime.identity.principal import Principal

KEY = "key.secret"
PRODUCTS = "/deltastream.storage.v1.StorageService/ListProducts"
LOGIN = "/deltastream.auth.v1.AuthService/Login"


class Bench:
    """Keys before a real auth, and what a test turns."""

    def __init__(self, authority: TokenAuthority, auth: AuthServiceStub, capacity: int) -> None:
        self.authority = authority
        self.keys = ApiKeys(auth, verifier=self, clock=self.clock, capacity=capacity)
        self.ended: set[str] = set()
        self.ahead = 0.0

    def exchanged(self) -> int:
        return self.authority.calls.count("ExchangeApiKey")

    async def asked(self) -> int:
        return self.exchanged()

    def clock(self) -> float:
        return time.time() + self.ahead

    async def verify(self, token: str) -> Principal:
        """See Verifier: all is good that has not ended."""
        if token in self.ended:
            raise CredentialsInvalidError("the token is not valid")
        return Principal(subject="ada", roles=frozenset(), issued_at=0.0, expires_at=4e9)


@asynccontextmanager
async def bench(*, capacity: int = 10) -> AsyncIterator[Bench]:
    authority = TokenAuthority(api_keys={KEY: ["reader"], "other": ["reader"]})
    async with loopback(authority.add_to, service=AUTH) as channel:
        yield Bench(authority, AuthServiceStub(channel), capacity)


async def reason(call: Awaitable[object]) -> str:
    """Return why a key gets no token."""
    with pytest.raises(StatusError) as caught:
        await call
    info = error_details_pb2.ErrorInfo()
    assert caught.value.status.details[0].Unpack(info)
    return str(info.reason)


async def test_a_key_is_exchanged_once_however_many_come_with_it() -> None:
    async with bench() as at:
        tokens = await asyncio.gather(*(at.keys.token_for(KEY) for _ in range(20)))
        assert len(set(tokens)) == 1
        assert at.exchanged() == 1


async def test_it_is_exchanged_anew_shortly_before_its_token_ends() -> None:
    async with bench() as at:
        first = await at.keys.token_for(KEY)
        at.ahead = at.authority.lifetime - 31.0
        assert await at.keys.token_for(KEY) == first
        at.ahead = at.authority.lifetime - 29.0
        assert await at.keys.token_for(KEY) != first


async def test_it_is_exchanged_anew_when_its_token_was_ended() -> None:
    async with bench() as at:
        first = await at.keys.token_for(KEY)
        at.ended.add(first)
        assert await at.keys.token_for(KEY) != first
        del at.authority.api_keys[KEY]
        at.ended.add(await at.keys.token_for(KEY))
        assert await reason(at.keys.token_for(KEY)) == "CREDENTIALS_INVALID"


async def test_only_so_many_keys_are_remembered() -> None:
    async with bench(capacity=1) as at:
        for key in (KEY, "other", KEY):
            await at.keys.token_for(key)
        assert at.exchanged() == 3


@pytest.mark.parametrize("key", ["", "made up", "x" * 513, "a\nb", "ß", "\ud800"])
async def test_what_is_no_key_is_refused(key: str) -> None:
    async with bench() as at:
        assert await reason(at.keys.token_for(key)) == "CREDENTIALS_INVALID"


async def test_an_auth_that_is_away_makes_no_key_invalid() -> None:
    async with bench() as at, grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        keys = ApiKeys(AuthServiceStub(nowhere), verifier=at)
        assert await reason(keys.token_for(KEY)) == "DEPENDENCY_UNAVAILABLE"


async def test_an_auth_that_does_not_answer_is_asked_once_by_all_who_wait() -> None:
    async with bench() as at:
        at.authority.answering.clear()
        waiting = [asyncio.create_task(reason(at.keys.token_for(KEY))) for _ in range(20)]
        await eventually(at.asked, (1).__eq__)
        del at.authority.api_keys[KEY]
        at.authority.answering.set()
        assert await asyncio.gather(*waiting) == ["CREDENTIALS_INVALID"] * 20
        assert at.exchanged() == 1
        assert await reason(at.keys.token_for(KEY)) == "CREDENTIALS_INVALID"
        assert at.exchanged() == 2


async def test_who_leaves_while_asking_for_all_leaves_it_to_the_next() -> None:
    async with bench() as at:
        at.authority.answering.clear()
        first = asyncio.create_task(at.keys.token_for(KEY))
        await eventually(at.asked, (1).__eq__)
        other = asyncio.create_task(at.keys.token_for(KEY))
        first.cancel()
        await eventually(at.asked, (2).__eq__)
        at.authority.answering.set()
        assert await other


async def test_services_see_a_token_in_the_place_of_a_key() -> None:
    async with bench() as at:
        credentials = Credentials(at.keys).of_callers_of(PRODUCTS)
        ((name, value),) = await credentials.metadata(authorization=[], api_keys=[KEY])
        assert (name, value) == ("authorization", f"Bearer {await at.keys.token_for(KEY)}")
        assert await credentials.metadata(authorization=[], api_keys=[]) == ()
        twice = credentials.metadata(authorization=["Bearer x"], api_keys=[KEY])
        assert await reason(twice) == "CREDENTIALS_INVALID"
        several = credentials.metadata(authorization=[], api_keys=[KEY, KEY])
        assert await reason(several) == "CREDENTIALS_INVALID"


async def test_what_is_for_anybody_needs_no_key_exchanged() -> None:
    async with bench() as at:
        credentials = Credentials(at.keys).of_callers_of(LOGIN)
        assert await credentials.metadata(authorization=[], api_keys=[KEY]) == ()
        assert at.exchanged() == 0
