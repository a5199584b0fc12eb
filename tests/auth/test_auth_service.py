"""Accounts and tokens, over a real server and a real user store."""

import base64

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.auth.conftest import PASSWORD, Served, bearing
from tests.fixtures.grpc_loopback import refusal
from tests.security.forged_tokens import OVERSIZED, fits_in_a_header, forged_tokens

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.runtime.identity.claims import AUDIENCE, ISSUER


async def test_registering_signs_in(served: Served) -> None:
    answer = await served.register()
    assert answer.user.email == "ada@example.com"
    assert answer.user.name == "Ada"
    assert list(answer.user.roles) == ["reader"]
    verified = await served.stub.Verify(pb.VerifyRequest(token=answer.token))
    assert verified.valid
    assert verified.user == answer.user
    assert verified.expires_at == answer.expires_at


async def test_an_address_registers_once_whatever_its_case(served: Served) -> None:
    await served.register()
    again = served.stub.Register(pb.RegisterRequest(email="ADA@example.com", password=PASSWORD))
    assert await refusal(again) == (grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")


async def test_a_nameless_user_is_called_by_the_address(served: Served) -> None:
    answer = await served.stub.Register(
        pb.RegisterRequest(email="bob@example.com", password=PASSWORD)
    )
    assert answer.user.name == "bob"


async def test_logging_in_needs_the_password(served: Served) -> None:
    await served.register()
    answer = await served.stub.Login(pb.LoginRequest(email="Ada@Example.com", password=PASSWORD))
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
    served: Served, email: str, password: str
) -> None:
    await served.register()
    call = served.stub.Login(pb.LoginRequest(email=email, password=password))
    assert await refusal(call) == (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")


async def test_72_bytes_are_a_password_and_its_first_71_are_not(served: Served) -> None:
    longest = "é" * 36
    await served.stub.Register(pb.RegisterRequest(email="ada@example.com", password=longest))
    await served.stub.Login(pb.LoginRequest(email="ada@example.com", password=longest))
    for wrong in (longest[:-1], longest + "x"):
        call = served.stub.Login(pb.LoginRequest(email="ada@example.com", password=wrong))
        assert (await refusal(call))[1] == "CREDENTIALS_INVALID"


@pytest.mark.parametrize(
    ("email", "password"),
    [("not an address", PASSWORD), ("a@example.com", "short"), ("a@example.com", "x" * 73)],
)
async def test_an_unusable_registration_is_refused(
    served: Served, email: str, password: str
) -> None:
    call = served.stub.Register(pb.RegisterRequest(email=email, password=password))
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")


async def test_a_token_ends_at_its_time(served: Served) -> None:
    token = (await served.register()).token
    served.clock.pass_by(minutes=9, seconds=59)
    await served.stub.Verify(pb.VerifyRequest(token=token))
    served.clock.pass_by(seconds=1)
    call = served.stub.Verify(pb.VerifyRequest(token=token))
    assert await refusal(call) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED")


async def test_a_forged_token_is_refused_whatever_is_wrong_with_it(served: Served) -> None:
    genuine = (await served.register()).token
    await served.verify(genuine)
    forged = dict(forged_tokens(genuine, served.key.private))
    assert len(forged) >= 25
    for what, token in forged.items():
        call = served.stub.Verify(pb.VerifyRequest(token=token))
        assert await refusal(call) == expected_refusal(what), what


def expected_refusal(what: str) -> tuple[grpc.StatusCode, str]:
    if what.startswith(OVERSIZED):
        return grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED"
    reason = "TOKEN_EXPIRED" if what == "expired" else "CREDENTIALS_INVALID"
    return grpc.StatusCode.UNAUTHENTICATED, reason


async def test_a_forged_token_calls_nothing(served: Served) -> None:
    genuine = (await served.register()).token
    for what, token in forged_tokens(genuine, served.key.private):
        if fits_in_a_header(token) and not what.startswith(OVERSIZED):
            call = served.stub.GetUser(pb.GetUserRequest(), metadata=bearing(token))
            assert (await refusal(call))[0] == grpc.StatusCode.UNAUTHENTICATED, what


async def test_a_caller_is_described_by_its_bearer_token(served: Served) -> None:
    answer = await served.register()
    metadata = bearing(answer.token)
    assert (await served.stub.GetUser(pb.GetUserRequest(), metadata=metadata)).user == answer.user
    assert await refusal(served.stub.GetUser(pb.GetUserRequest())) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "CREDENTIALS_MISSING",
    )


async def test_the_published_key_verifies_tokens(served: Served) -> None:
    token = (await served.register()).token
    (published,) = (await served.stub.ListSigningKeys(pb.ListSigningKeysRequest())).keys
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
