"""Whom a token identifies, and what is none."""

import time
import timeit
from collections.abc import Callable
from typing import Any

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode
from tests.fixtures.token_authority import TokenAuthority

from deltastream.domain.errors import (
    CredentialsInvalidError,
    DependencyUnavailableError,
    DomainError,
    TokenExpiredError,
)
from deltastream.runtime.identity.keyring import Keyring
from deltastream.runtime.identity.principal import Principal
from deltastream.runtime.identity.revocations import Revocations
from deltastream.runtime.identity.verifier import TokenVerifier

HMAC_SECRET = "x" * 64


class Clocks:
    """Two clocks that a test turns."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


class Bench:
    """A verifier, and what it asks."""

    def __init__(self, authority: TokenAuthority, *, capacity: int = 100) -> None:
        self.authority = authority
        self.clocks = Clocks()
        self.away = False
        self.asked = 0
        self.keys = Keyring(self._fetch_keys, monotonic=self.clocks.monotonic)
        self.revocations = Revocations(self._fetch_revocations)
        self.verifier = TokenVerifier(
            keys=self.keys,
            revocations=self.revocations,
            clock=self.clocks.time,
            capacity=capacity,
        )

    async def _fetch_keys(self) -> dict[str, Any]:
        self._call()
        self.asked += 1
        return {kid: key.public_key() for kid, key in self.authority.keys.items()}

    async def _fetch_revocations(self) -> dict[str, float]:
        self._call()
        return dict(self.authority.revocations)

    def _call(self) -> None:
        if self.away:
            raise grpc.aio.AioRpcError(
                grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()
            )

    async def refused(self, token: str) -> DomainError:
        with pytest.raises(DomainError) as caught:
            await self.verifier.verify(token)
        return caught.value


@pytest.fixture
def authority() -> TokenAuthority:
    return TokenAuthority()


@pytest.fixture
def bench(authority: TokenAuthority) -> Bench:
    return Bench(authority)


async def test_a_token_says_who_it_is_and_what_it_may(
    bench: Bench, authority: TokenAuthority
) -> None:
    token = authority.token("reader", "admin", issued_at=(now := time.time()))
    assert await bench.verifier.verify(token) == Principal(
        subject="ada",
        roles=frozenset({"reader", "admin"}),
        session="session/1",
        issued_at=now,
        expires_at=now + 600.0,
        key_id="first",
    )


async def test_a_service_has_no_session(bench: Bench, authority: TokenAuthority) -> None:
    principal = await bench.verifier.verify(authority.service_token("feed"))
    assert (principal.subject, principal.session) == ("service/feed", "")


async def test_roles_that_are_not_known_are_no_roles(
    bench: Bench, authority: TokenAuthority
) -> None:
    assert (await bench.verifier.verify(authority.token("root"))).roles == frozenset()


def unsigned(authority: TokenAuthority) -> str:
    header, payload, _ = authority.token("admin").split(".")
    none = base64url_encode(b'{"alg":"none","typ":"at+jwt","kid":"first"}').decode()
    assert header != none
    return f"{none}.{payload}."


def signed_with_the_public_key(authority: TokenAuthority) -> str:
    claims = jwt.decode(authority.token("admin"), options={"verify_signature": False})
    public = authority.keys["first"].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    headers = {"typ": "at+jwt", "kid": "first"}
    return jwt.encode(claims, public + public, algorithm="HS256", headers=headers)


def signed_by_another(authority: TokenAuthority) -> str:
    other = TokenAuthority(keys={"first": Ed25519PrivateKey.generate()})
    assert authority.keys != other.keys
    return other.token("admin")


def altered(authority: TokenAuthority) -> str:
    header, payload, signature = authority.token("reader").split(".")
    more = authority.token("admin").split(".")[1]
    assert payload != more
    return f"{header}.{more}.{signature}"


FORGED: dict[str, Callable[[TokenAuthority], str]] = {
    "empty": lambda _: "",
    "no token": lambda _: "x.y.z",
    "two parts": lambda authority: authority.token("reader").rpartition(".")[0],
    "five parts": lambda authority: authority.token("reader") + ".a.b",
    "no signature": lambda authority: authority.token("reader").rpartition(".")[0] + ".",
    "algorithm none": unsigned,
    "HMAC with the public key": signed_with_the_public_key,
    "another's signature": signed_by_another,
    "another's payload": altered,
    "unknown key": lambda authority: authority.token("reader", headers={"kid": "other"}),
    "no key id": lambda authority: authority.token("reader", headers={"kid": None}),
    "key id that is a path": lambda a: a.token("reader", headers={"kid": "../../dev/null"}),
    "no type": lambda authority: authority.token("reader", headers={"typ": None}),
    "a refresh token": lambda authority: authority.token("reader", headers={"typ": "rt+jwt"}),
    "just a JWT": lambda authority: authority.token("reader", headers={"typ": "JWT"}),
    "critical header": lambda a: a.token("reader", headers={"crit": ["exp"]}),
    "unencoded payload": lambda a: a.token("reader", headers={"b64": False, "crit": ["b64"]}),
    "another issuer": lambda authority: authority.token("reader", iss="https://evil.dev"),
    "no issuer": lambda authority: authority.token("reader", iss=None),
    "another audience": lambda authority: authority.token("reader", aud="billing"),
    "several audiences": lambda a: a.token("reader", aud=["deltastream", "billing"]),
    "no audience": lambda authority: authority.token("reader", aud=None),
    "no subject": lambda authority: authority.token("reader", sub=None),
    "empty subject": lambda authority: authority.token("reader", sub=""),
    "no end": lambda authority: authority.token("reader", exp=None),
    "an end in words": lambda authority: authority.token("reader", exp="tomorrow"),
    "an end that is no number": lambda authority: authority.token("reader", exp=float("nan")),
    "an end that never comes": lambda authority: authority.token("reader", exp=float("inf")),
    "an end beyond calendars": lambda authority: authority.token("reader", exp=1e15),
    "a beginning before time": lambda authority: authority.token("reader", iat=-1.0, exp=4e9),
    "an end beyond floats": lambda authority: authority.token("reader", exp=10**400),
    "an end that is a truth": lambda authority: authority.token("reader", exp=True),
    "no beginning": lambda authority: authority.token("reader", iat=None),
    "from the future": lambda a: a.token("reader", issued_at=time.time() + 3600),
    "not yet": lambda authority: authority.token("reader", nbf=time.time() + 3600),
    "no id": lambda authority: authority.token("reader", jti=None),
    "no roles": lambda authority: authority.token("reader", roles=None),
    "roles that are a text": lambda authority: authority.token(roles="admin"),
    "roles that are numbers": lambda authority: authority.token(roles=[3]),
    "a session that is a list": lambda authority: authority.token("reader", sid=["session/1"]),
    "too long": lambda authority: authority.token("reader", padding="x" * 9000),
    "not ASCII": lambda authority: authority.token("reader") + "ß",
    "lone surrogate": lambda authority: authority.token("reader") + "\ud800",
    "deep JSON": lambda _: base64url_encode(b"[" * 5000).decode() + ".e30.e30",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_what_is_not_genuine_is_refused_without_saying_why(
    bench: Bench, authority: TokenAuthority, forge: Callable[[TokenAuthority], str]
) -> None:
    error = await bench.refused(forge(authority))
    assert type(error) is CredentialsInvalidError
    assert str(error) == "the token is not valid"
    assert len(bench.verifier) == 0


async def test_a_token_ends_when_it_says_also_once_it_is_known(
    bench: Bench, authority: TokenAuthority
) -> None:
    token = authority.token("reader", lifetime=60.0)
    await bench.verifier.verify(token)
    bench.clocks.ahead = 59.0
    await bench.verifier.verify(token)
    # A second more than it has, as the system's own clock may be set back meanwhile.
    bench.clocks.ahead = 61.0
    assert isinstance(await bench.refused(token), TokenExpiredError)
    assert len(bench.verifier) == 0


async def test_only_so_many_tokens_are_remembered(authority: TokenAuthority) -> None:
    bench = Bench(authority, capacity=2)
    for number in range(5):
        await bench.verifier.verify(authority.token("reader", subject=f"user-{number}"))
    assert len(bench.verifier) == 2


@pytest.mark.parametrize("ended", ["session/1", "user/ada"])
async def test_what_was_issued_before_a_revocation_is_refused_also_once_it_is_known(
    bench: Bench, authority: TokenAuthority, ended: str
) -> None:
    before, after = (authority.token("reader", issued_at=1e9 + t, exp=4e9) for t in (0.998, 1.0))
    await bench.verifier.verify(before)
    authority.revocations[ended] = 1e9 + 1.0
    await bench.revocations.refresh()
    assert type(await bench.refused(before)) is CredentialsInvalidError
    await bench.verifier.verify(after)
    other = authority.token("reader", subject="bob", session="key/2", issued_at=1e9, exp=4e9)
    await bench.verifier.verify(other)


async def test_revocations_hold_while_auth_is_away(bench: Bench, authority: TokenAuthority) -> None:
    token = authority.token("reader", issued_at=1e9, exp=4e9)
    authority.revocations["user/ada"] = 2e9
    await bench.revocations.refresh()
    bench.away = True
    await bench.revocations.refresh()
    bench.away = False
    assert type(await bench.refused(token)) is CredentialsInvalidError


async def test_nobody_is_refused_for_want_of_keys(bench: Bench, authority: TokenAuthority) -> None:
    bench.away = True
    for token in (authority.token("reader"), "x.y.z"):
        error = await bench.refused(token)
        assert isinstance(error, DependencyUnavailableError)
        assert error.metadata == {"dependency": "auth"}


async def test_keys_hold_while_auth_is_away(bench: Bench, authority: TokenAuthority) -> None:
    await bench.verifier.verify(authority.token("reader"))
    bench.away = True
    bench.clocks.ahead = 3600.0
    authority.keys["second"] = Ed25519PrivateKey.generate()
    later = time.time() + 3600.0
    await bench.verifier.verify(authority.token("reader", key="first", issued_at=later))
    other = authority.token("reader", key="second", issued_at=later)
    assert type(await bench.refused(other)) is CredentialsInvalidError


async def test_a_new_key_is_asked_for_and_made_up_ones_not_all_the_time(
    bench: Bench, authority: TokenAuthority
) -> None:
    await bench.verifier.verify(authority.token("reader"))
    authority.keys["second"] = Ed25519PrivateKey.generate()
    token = authority.token("reader")
    await bench.refused(token)
    bench.clocks.ahead = 5.0
    await bench.verifier.verify(token)
    assert bench.asked == 2
    for number in range(10):
        await bench.refused(authority.token("reader", headers={"kid": f"made up {number}"}))
    assert bench.asked == 2


async def test_what_is_known_of_a_key_that_is_gone_is_forgotten(
    bench: Bench, authority: TokenAuthority
) -> None:
    token = authority.token("reader")
    await bench.verifier.verify(token)
    authority.keys["second"] = Ed25519PrivateKey.generate()
    del authority.keys["first"]
    bench.clocks.ahead = 5.0
    await bench.verifier.verify(authority.token("reader"))
    assert type(await bench.refused(token)) is CredentialsInvalidError


async def test_a_known_token_costs_microseconds(bench: Bench, authority: TokenAuthority) -> None:
    token = authority.token("reader", "admin")
    await bench.verifier.verify(token)

    def verify() -> None:
        try:
            bench.verifier.verify(token).send(None)
        except StopIteration:
            return
        pytest.fail("it waited for something")

    authority.revocations["user/bob"] = time.time()
    await bench.revocations.refresh()
    best = min(timeit.repeat(verify, number=200, repeat=10)) / 200
    # Ten microseconds are what a call may cost: room for a machine that is slow, not for a
    # signature, which takes a hundred.
    assert best < 20e-6
