"""Passwords: which are the same, and that being wrong always costs the same."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.auth.conftest import PASSWORD, SettableClock
from tests.fixtures.grpc_loopback import loopback, refusal

from deltastream.adapters.users.choose import open_users
from deltastream.auth.access import access_policy
from deltastream.auth.compose import compose
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.service import AuthServicer
from deltastream.auth.settings import AuthSettings
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import (
    AuthServiceStub,
    add_AuthServiceServicer_to_server,
)
from deltastream.domain.errors import InvalidValueError

SERVICE = "deltastream.auth.v1.AuthService"
INVALID = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")
# 0.05 s of a core each.
COST = 9
CROWD = 20
COMPOSED, DECOMPOSED = "Ünïcödé pass", "U\u0308ni\u0308co\u0308de\u0301 pass"


class CountingHasher(PasswordHasher):
    """Knows how often it compared, and with hashes of which cost."""

    def __init__(self, *, cost: int) -> None:
        super().__init__(cost=cost)
        self.compared: list[bytes] = []

    def _matches(self, password: bytes, hashed: bytes | None) -> bool:
        self.compared.append((hashed or self._nobody)[:7])
        return super()._matches(password, hashed)


@pytest.fixture
def hasher() -> Iterator[CountingHasher]:
    with CountingHasher(cost=4) as made:
        yield made


@pytest.fixture
async def auth(tmp_path: Path, hasher: CountingHasher) -> AsyncIterator[grpc.aio.Channel]:
    settings = AuthSettings(data_dir=tmp_path)
    database = await open_users(settings.user_store_url)
    parts = compose(
        database,
        ring=settings.key_files.load_or_create(),
        hasher=hasher,
        settings=settings,
        clock=SettableClock(),
    )
    async with loopback(
        lambda server: add_AuthServiceServicer_to_server(AuthServicer(parts), server),
        service=SERVICE,
        policy=access_policy(parts.callers),
    ) as channel:
        yield channel
    await database.close()


def login(channel: grpc.aio.Channel, email: str, password: str) -> grpc.aio.UnaryUnaryCall:  # type: ignore[type-arg]
    return AuthServiceStub(channel).Login(pb.LoginRequest(email=email, password=password))


async def register(channel: grpc.aio.Channel, password: str = PASSWORD) -> None:
    request = pb.RegisterRequest(email="ada@example.com", password=password)
    await AuthServiceStub(channel).Register(request)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong horse"),
        ("eve@example.com", PASSWORD),
        ("ada@example.com", PASSWORD + "x" * 73),
        ("ada@example.com", "x" * 1_000_000),
        ("eve@example.com", "x" * 1_000_000),
        ("' OR '1'='1", PASSWORD),
    ],
    ids=["wrong password", "unknown user", "too long", "1 MB", "unknown and 1 MB", "no address"],
)
async def test_every_refusal_says_the_same_and_costs_one_comparison_of_the_same_cost(
    auth: grpc.aio.Channel, hasher: CountingHasher, email: str, password: str
) -> None:
    await register(auth)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await login(auth, email, password)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert caught.value.details() == "the e-mail address or the password is wrong"
    assert hasher.compared == [b"$2b$04$"]


async def test_a_letter_and_its_accent_are_the_letter_with_the_accent(
    auth: grpc.aio.Channel,
) -> None:
    assert COMPOSED != DECOMPOSED
    await register(auth, DECOMPOSED)
    for password in (COMPOSED, DECOMPOSED):
        await login(auth, "ada@example.com", password)
    for other in (COMPOSED.upper(), "Unicode pass", COMPOSED.replace(" ", "\u00a0")):
        assert await refusal(login(auth, "ada@example.com", other)) == INVALID


async def test_a_password_that_is_too_long_when_composed_is_refused(
    auth: grpc.aio.Channel, hasher: CountingHasher
) -> None:
    # A letter that is written as two when composed: 72 bytes become 144.
    grows = "\u0958" * 24
    request = pb.RegisterRequest(email="ada@example.com", password=grows)
    call = AuthServiceStub(auth).Register(request)
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    await register(auth)
    assert await refusal(login(auth, "ada@example.com", grows)) == INVALID
    with pytest.raises(InvalidValueError, match="at most 72 bytes"):
        await hasher.hash("x" * 73)


async def test_a_megabyte_of_accents_is_refused_at_once(auth: grpc.aio.Channel) -> None:
    await register(auth)
    accents = "a" + "\u0300\u0316" * 250_000
    begun = time.process_time()
    assert await refusal(login(auth, "ada@example.com", accents)) == INVALID
    assert time.process_time() - begun < 1.0


class TestWhileManyLogIn:
    """With passwords that take their time."""

    @pytest.fixture
    def hasher(self) -> Iterator[CountingHasher]:
        with CountingHasher(cost=COST) as made:
            yield made

    async def test_auth_answers_others(self, auth: grpc.aio.Channel) -> None:
        logins = asyncio.gather(
            *(refusal(login(auth, f"user{n}@example.com", PASSWORD)) for n in range(CROWD))
        )
        health, stub, rounds = health_pb2_grpc.HealthStub(auth), AuthServiceStub(auth), 0
        while not logins.done():
            await health.Check(health_pb2.HealthCheckRequest(), timeout=10)
            await stub.ListSigningKeys(pb.ListSigningKeysRequest(), timeout=10)
            rounds += 1
        assert await logins == [INVALID] * CROWD
        # Were passwords compared on the loop, others would have a turn after each, at the most.
        assert rounds > 2 * CROWD
