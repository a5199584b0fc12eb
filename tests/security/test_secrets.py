"""Secrets that pass through every door: none of them is told, logged, listed or kept as it is."""

import json
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import grpc
import psutil
import pytest_asyncio
import socketio
from tests.fixtures.token_authority import SERVICE_SECRET
from tests.security.doors import IN_THE_SUITE, SECONDS, Doors, bearing

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub

pytestmark = IN_THE_SUITE

SHORTEST: Final = 12


@dataclass
class Canaries:
    """Secrets by what they are, and all that was answered to those who sent them."""

    names: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)

    def new(self, what: str) -> str:
        """Make up a secret."""
        return self.keep(what, f"canary-{secrets.token_hex(8)}")

    def keep(self, what: str, secret: str) -> str:
        """Take note of a secret."""
        assert len(secret) >= SHORTEST
        self.names[secret] = what
        return secret

    def keep_token(self, what: str, token: str) -> str:
        """Take note of an access token: who has its claims and its signature has it."""
        for part in token.split(".")[1:]:
            self.keep(what, part)
        return token

    def found_in(self, text: str | bytes) -> list[str]:
        """Return which of them stand in a text, by what they are."""
        data = text.encode() if isinstance(text, str) else text
        return sorted({what for secret, what in self.names.items() if secret.encode() in data})


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def canaries(doors: Doors) -> AsyncIterator[Canaries]:
    """Send secrets through every door, rightly and wrongly."""
    kept = Canaries()
    kept.keep("the secret of the mesh", SERVICE_SECRET)
    lines = (doors.mesh.data_dir / "signing-key.pem").read_text().splitlines()
    kept.keep("the signing key", lines[1][-40:])
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        await _come_and_go(doors, session, kept)
        for request in _mistakes(kept):
            async with session.request(**request) as response:
                assert response.status >= 400
                kept.answers.append(str(response.headers) + await response.text())
    for address in (doors.public, doors.mesh.grpc["auth"]):
        async with grpc.aio.insecure_channel(address) as channel:
            await _call_wrongly(channel, kept)
    for auth in _wrong_introductions(kept):
        await _knock(doors, auth, kept)
    yield kept


async def _come_and_go(doors: Doors, session: aiohttp.ClientSession, kept: Canaries) -> None:
    """Do what somebody does with an account who makes no mistake."""

    async def post(path: str, caller: str = "", /, **body: str) -> Any:
        headers = dict(bearing(caller)) if caller else {}
        async with session.post(f"/api/auth/{path}", json=body, headers=headers) as response:
            assert response.status == 200, path
            return await response.json()

    password, new = kept.new("a password"), kept.new("a new password")
    email = f"canary{secrets.token_hex(6)}@example.com"
    account = await post("register", email=email, password=password)
    again = await post("login", email=email, password=password)
    renewed = await post("refresh", refresh_token=again["refresh_token"])
    key = await post("api-keys", account["token"], name="canary's")
    lent = await post("token", api_key=key["secret"])
    changed = await post("password", account["token"], current_password=password, new_password=new)
    for each in (account, again, renewed, changed):
        kept.keep_token("an access token", each["token"])
        kept.keep("a refresh token", each["refresh_token"].split("_")[-1])
        kept.keep("the family of a refresh token", each["refresh_token"].split("_")[-2])
    kept.keep_token("the token of a key", lent["token"])
    kept.keep("an API key", key["secret"].split("_")[-1])
    await post("verify", token=changed["token"])
    for headers in ({"X-Api-Key": key["secret"]}, dict(bearing(changed["token"]))):
        async with session.get("/api/data/products", headers=headers) as response:
            assert response.status == 200
    for auth in ({"token": changed["token"]}, {"api_key": key["secret"]}):
        client = socketio.AsyncClient(reconnection=False)
        await client.connect(doors.mesh.http, auth=auth, wait_timeout=SECONDS)
        assert (await client.call("authenticate", {"token": changed["token"]}))["ok"]
        await client.disconnect()
    await post("logout", refresh_token=changed["refresh_token"])
    kept.given = {"email": email, "refresh_token": again["refresh_token"]}


def _mistakes(kept: Canaries) -> Iterator[dict[str, Any]]:
    """Yield requests that fail, each with a secret in it."""

    def post(path: str, body: object, **more: Any) -> dict[str, Any]:
        return {"method": "POST", "url": f"/api/auth/{path}", "json": body, **more}

    email = kept.given["email"]
    wrong = kept.new("a wrong password")
    yield post("login", {"email": email, "password": wrong})
    yield post("login", {"email": "eve@example.com", "password": wrong})
    yield post("register", {"email": email, "password": kept.new("another's password")})
    yield post("register", {"email": "none", "password": kept.new("a password with no address")})
    yield post("register", {"email": "a@b.example", "password": kept.new("a long password") * 5})
    odd = kept.new("a password that is no text")
    for value in ([odd], {"$gt": odd}, {odd: 1}):
        yield post("login", {"email": email, "password": value})
    yield post("login", {"email": email, "pasword": kept.new("a password misspelt")})
    text = json.dumps({"email": email, "password": kept.new("a password in broken JSON")})
    yield {"method": "POST", "url": "/api/auth/login", "data": text[:-2]}
    yield {"method": "POST", "url": "/api/auth/login", "data": f"password={kept.new('a form')}"}
    query = {"password": kept.new("a password in a query"), "token": kept.new("a token in one")}
    yield {"method": "GET", "url": "/api/data/products", "params": query}
    yield post("refresh", {"refresh_token": kept.given["refresh_token"]})
    yield post("refresh", {"refresh_token": kept.new("an invented refresh token")})
    yield post("token", {"api_key": kept.new("an invented API key")})
    yield post("verify", {"token": kept.new("an invented token")})
    for header in ("Bearer {}", "Basic {}", "{}", "Bearer {} {}"):
        made_up = kept.new("an authorization").join(header.split("{}"))
        yield {"method": "GET", "url": "/api/auth/me", "headers": {"Authorization": made_up}}
    for name in ("X-Api-Key", "Cookie"):
        headers = {name: kept.new(f"a header {name}")}
        yield {"method": "GET", "url": "/api/auth/me", "headers": headers}


async def _call_wrongly(channel: grpc.aio.Channel, kept: Canaries) -> None:
    auth = AuthServiceStub(channel)
    email = kept.given["email"]
    whole = pb.LoginRequest(email=email, password=kept.new("a password in half a message"))
    login: Any = channel.unary_unary("/deltastream.auth.v1.AuthService/Login")
    calls = [
        auth.Login(pb.LoginRequest(email=email, password=kept.new("a wrong password"))),
        auth.Register(pb.RegisterRequest(email="x", password=kept.new("a password"))),
        auth.Refresh(pb.RefreshRequest(refresh_token=kept.new("a refresh token"))),
        auth.ExchangeApiKey(pb.ExchangeApiKeyRequest(api_key=kept.new("an API key"))),
        auth.Verify(pb.VerifyRequest(token=kept.new("a token"))),
        auth.IssueServiceToken(
            pb.IssueServiceTokenRequest(service="edge", secret=kept.new("a service secret"))
        ),
        auth.IssueServiceToken(
            pb.IssueServiceTokenRequest(service="no such", secret=kept.new("a service secret"))
        ),
        auth.GetUser(pb.GetUserRequest(), metadata=bearing(kept.new("a token"))),
        auth.GetUser(pb.GetUserRequest(), metadata=(("x-api-key", kept.new("an API key")),)),
        login(whole.SerializeToString()[:-3], timeout=SECONDS),
    ]
    for call in calls:
        try:
            await call
        except grpc.aio.AioRpcError as error:
            kept.answers.append(f"{error.details()} {error.trailing_metadata()}")
        else:
            raise AssertionError("it was to fail")


def _wrong_introductions(kept: Canaries) -> Iterator[dict[str, Any]]:
    secret = kept.new("a token of a socket")
    yield {"token": secret}
    yield {"token": [secret]}
    yield {"token": secret, "api_key": secret}
    yield {"api_key": kept.new("an API key of a socket")}


async def _knock(doors: Doors, auth: dict[str, Any], kept: Canaries) -> None:
    client = socketio.AsyncClient(reconnection=False)
    client.on("connect_error", lambda data: kept.answers.append(str(data)))
    try:
        await client.connect(doors.mesh.http, auth=auth, wait_timeout=SECONDS)
    except socketio.exceptions.ConnectionError:
        return
    finally:
        await client.disconnect()
    raise AssertionError("it was to be refused")


async def test_no_answer_repeats_a_secret(canaries: Canaries) -> None:
    assert len(canaries.names) > 40
    assert len(canaries.answers) > 40
    found = {answer: canaries.found_in(answer) for answer in canaries.answers}
    assert not {answer: what for answer, what in found.items() if what}


async def test_no_log_has_a_secret(doors: Doors, canaries: Canaries) -> None:
    logs = doors.logs()
    # It is the most that is ever logged, and those who made the mistakes are in it.
    assert '"level": "debug"' in logs
    assert "password_refused" in logs
    assert "service_secret_refused" in logs
    assert canaries.found_in(logs) == []
    said = doors.mesh.data_dir.parent / f"{doors.mesh.data_dir.name}.out"
    assert canaries.found_in(said.read_bytes()) == []


async def test_health_tells_no_secret(doors: Doors, canaries: Canaries) -> None:
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        for path in ("/health", "/api/openapi.json", "/.well-known/jwks.json"):
            async with session.get(path) as response:
                assert response.status == 200
                assert canaries.found_in(str(response.headers) + await response.text()) == []


async def test_no_process_shows_a_secret_to_whoever_lists_them(
    doors: Doors, canaries: Canaries
) -> None:
    mesh = psutil.Process(doors.mesh.pid)
    family = [mesh, *mesh.children(recursive=True)]
    assert len(family) > 6
    for process in family:
        assert canaries.found_in(" ".join(process.cmdline())) == []


async def test_nothing_is_kept_but_hashed(doors: Doors, canaries: Canaries) -> None:
    kept = [path for path in doors.mesh.data_dir.rglob("*") if path.is_file()]
    assert any(path.name == "users.db" for path in kept)
    found = {
        path.name: canaries.found_in(path.read_bytes())
        for path in kept
        if path.name != "signing-key.pem"
    }
    assert not {name: what for name, what in found.items() if what}
    for path in kept:
        if path.name == "signing-key.pem" or path.name.startswith("users.db"):
            assert path.stat().st_mode & 0o077 == 0, path.name
