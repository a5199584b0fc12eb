"""Accounts and tokens, over a real server and a real user store."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tests.fixtures.grpc_loopback import loopback, refusal

from deltastream.adapters.users.choose import open_users
from deltastream.auth.accounts import Accounts
from deltastream.auth.keys import SigningKey, load_or_create_key
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.service import AuthServicer
from deltastream.auth.tokens import AUDIENCE, ISSUER, AccessTokens
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import (
    AuthServiceStub,
    add_AuthServiceServicer_to_server,
)

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
PASSWORD = "correct horse"  # noqa: S105 - it opens nothing


class SettableClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return load_or_create_key(tmp_path / "key.pem")


@pytest.fixture
async def auth(
    tmp_path: Path, clock: SettableClock, key: SigningKey
) -> AsyncIterator[AuthServiceStub]:
    users = await open_users(f"sqlite:{tmp_path / 'users.db'}")
    tokens = AccessTokens(key=key, lifetime=timedelta(minutes=10), clock=clock)
    with PasswordHasher(cost=4) as hasher:
        accounts = Accounts(users=users, hasher=hasher, tokens=tokens, clock=clock)
        servicer = AuthServicer(accounts=accounts, key=key)
        async with loopback(
            lambda server: add_AuthServiceServicer_to_server(servicer, server),
            service="deltastream.auth.v1.AuthService",
        ) as channel:
            yield AuthServiceStub(channel)
    await users.close()


async def register(auth: AuthServiceStub, email: str = "ada@example.com") -> pb.RegisterResponse:
    return await auth.Register(pb.RegisterRequest(email=email, password=PASSWORD, name="Ada"))


async def test_registering_signs_in(auth: AuthServiceStub) -> None:
    answer = await register(auth)
    assert answer.user.email == "ada@example.com"
    assert answer.user.name == "Ada"
    assert list(answer.user.roles) == ["reader"]
    verified = await auth.Verify(pb.VerifyRequest(token=answer.token))
    assert verified.valid
    assert verified.user == answer.user
    assert verified.expires_at == answer.expires_at


async def test_an_address_registers_once_whatever_its_case(auth: AuthServiceStub) -> None:
    await register(auth)
    again = auth.Register(pb.RegisterRequest(email="ADA@example.com", password=PASSWORD))
    assert await refusal(again) == (grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")


async def test_a_nameless_user_is_called_by_the_address(auth: AuthServiceStub) -> None:
    answer = await auth.Register(pb.RegisterRequest(email="bob@example.com", password=PASSWORD))
    assert answer.user.name == "bob"


async def test_logging_in_needs_the_password(auth: AuthServiceStub) -> None:
    await register(auth)
    answer = await auth.Login(pb.LoginRequest(email="Ada@Example.com", password=PASSWORD))
    assert answer.user.name == "Ada"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong horse"),
        ("eve@example.com", PASSWORD),
        ("ada@example.com", "x" * 73),
        ("ada@example.com", "x" * 1_000_000),
        ("ada@example.com", "pass\0word"),
    ],
    ids=["wrong password", "unknown user", "73 bytes", "1 MB", "NUL"],
)
async def test_a_refused_login_never_says_what_was_wrong(
    auth: AuthServiceStub, email: str, password: str
) -> None:
    await register(auth)
    call = auth.Login(pb.LoginRequest(email=email, password=password))
    assert await refusal(call) == (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")


async def test_72_bytes_are_a_password_and_its_first_71_are_not(auth: AuthServiceStub) -> None:
    longest = "é" * 36
    await auth.Register(pb.RegisterRequest(email="ada@example.com", password=longest))
    await auth.Login(pb.LoginRequest(email="ada@example.com", password=longest))
    for wrong in (longest[:-1], longest + "x"):
        call = auth.Login(pb.LoginRequest(email="ada@example.com", password=wrong))
        assert (await refusal(call))[1] == "CREDENTIALS_INVALID"


@pytest.mark.parametrize(
    ("email", "password"),
    [("not an address", PASSWORD), ("a@example.com", "short"), ("a@example.com", "x" * 73)],
)
async def test_an_unusable_registration_is_refused(
    auth: AuthServiceStub, email: str, password: str
) -> None:
    call = auth.Register(pb.RegisterRequest(email=email, password=password))
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")


async def test_a_token_ends_at_its_time(auth: AuthServiceStub, clock: SettableClock) -> None:
    token = (await register(auth)).token
    clock.now = NOW + timedelta(minutes=9, seconds=59)
    await auth.Verify(pb.VerifyRequest(token=token))
    clock.now = NOW + timedelta(minutes=10)
    call = auth.Verify(pb.VerifyRequest(token=token))
    assert await refusal(call) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED")


def forge(key: SigningKey, **changes: object) -> str:
    """Sign a token like auth's own but for the changes; None leaves a claim out."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "nobody",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 600,
        "jti": "1",
        **changes,
    }
    kept = {name: claim for name, claim in claims.items() if claim is not None}
    return jwt.encode(kept, key.private, algorithm="EdDSA", headers={"typ": "at+jwt"})


def with_header(token: str, **header: str) -> str:
    """Replace a token's header and leave the rest as it is."""
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return ".".join([encoded, *token.split(".")[1:]])


async def test_forged_tokens_are_refused(auth: AuthServiceStub, key: SigningKey) -> None:
    own = (await register(auth)).token
    user_id = jwt.decode(own, options={"verify_signature": False})["sub"]
    stranger = SigningKey(private=Ed25519PrivateKey.generate(), kid="stranger", x="")
    header, payload, signature = own.split(".")
    typeless = jwt.encode(
        {**jwt.decode(own, options={"verify_signature": False})}, key.private, algorithm="EdDSA"
    )
    forged = {
        "signed by another key": forge(stranger, sub=user_id),
        "for another audience": forge(key, sub=user_id, aud="elsewhere"),
        "by another issuer": forge(key, sub=user_id, iss="elsewhere"),
        "of no type": typeless,
        "of an unknown user": forge(key),
        "without an end": forge(key, sub=user_id, exp=None),
        "without a subject": forge(key, sub=None),
        "unsigned": with_header(own, alg="none", typ="at+jwt"),
        "symmetric": jwt.encode({"sub": user_id}, "x" * 32, algorithm="HS256"),
        "cut": f"{header}.{payload}.",
        "changed": f"{header}.{payload[:-2]}AA.{signature}",
        "no token": "hello",
    }
    for what, token in forged.items():
        code, reason = await refusal(auth.Verify(pb.VerifyRequest(token=token)))
        assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID"), what


async def test_a_caller_is_described_by_its_bearer_token(auth: AuthServiceStub) -> None:
    answer = await register(auth)
    metadata = (("authorization", f"Bearer {answer.token}"),)
    assert (await auth.GetUser(pb.GetUserRequest(), metadata=metadata)).user == answer.user
    assert await refusal(auth.GetUser(pb.GetUserRequest())) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "CREDENTIALS_MISSING",
    )


async def test_the_published_key_verifies_tokens(auth: AuthServiceStub) -> None:
    token = (await register(auth)).token
    (published,) = (await auth.ListSigningKeys(pb.ListSigningKeysRequest())).keys
    assert published.kid == jwt.get_unverified_header(token)["kid"]
    raw = base64.urlsafe_b64decode(published.x + "=")
    public = Ed25519PublicKey.from_public_bytes(raw)
    claims = jwt.decode(
        token,
        public,
        algorithms=["EdDSA"],
        audience=AUDIENCE,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["iss"] == ISSUER


async def test_refreshing_is_not_offered_yet(auth: AuthServiceStub) -> None:
    call = auth.Refresh(pb.RefreshRequest(refresh_token="x"))  # noqa: S106 - it refreshes nothing
    assert await refusal(call) == (grpc.StatusCode.UNIMPLEMENTED, "NOT_IMPLEMENTED")
