"""A client that has a password or a key, and always has a token that is valid."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from tests.client.scripted_mesh import (
    ScriptedMesh,
    Storage,
    batch,
    chain,
    client,
    scripted_mesh,
)
from tests.fixtures.eventually import eventually

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceServicer, AuthServiceStub
from deltastream.client.errors import UnauthenticatedError
from deltastream.client.mesh import Mesh
from deltastream.client.signing_in import ApiKey, Grant, RenewedToken
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest, ListProductsResponse

SECONDS = 20.0
EMAIL, PASSWORD, KEY = "ada@example.com", "s3cret", "key.s3cret"


class Auth(AuthServiceServicer):
    """Numbers its tokens, and knows one password, one key, and the newest refresh token."""

    def __init__(self) -> None:
        self.lifetime = 600.0
        self.calls: list[str] = []
        self.away = False
        self.sessions = True
        self._refresh_token = ""

    def note(self, call: str) -> None:
        self.calls.append(call)

    def count(self, call: str) -> int:
        return self.calls.count(call)

    @property
    def _token(self) -> str:
        return f"token-{len(self.calls)}"

    def _expiry(self) -> Timestamp:
        moment = Timestamp()
        moment.FromMilliseconds(round((time.time() + self.lifetime) * 1000))
        return moment

    async def _answer(self, call: str, context: Any, *, knows: bool) -> dict[str, Any]:
        self.note(call)
        if self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        if not knows:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "no")
        return {"token": self._token, "expires_at": self._expiry()}

    async def Login(self, request: pb.LoginRequest, context: Any) -> pb.LoginResponse:
        knows = (request.email, request.password) == (EMAIL, PASSWORD)
        answer = await self._answer("Login", context, knows=knows)
        self._refresh_token = f"refresh-{len(self.calls)}"
        return pb.LoginResponse(refresh_token=self._refresh_token, **answer)

    async def Refresh(self, request: pb.RefreshRequest, context: Any) -> pb.RefreshResponse:
        knows = self.sessions and request.refresh_token == self._refresh_token
        answer = await self._answer("Refresh", context, knows=knows)
        self._refresh_token = f"refresh-{len(self.calls)}"
        return pb.RefreshResponse(refresh_token=self._refresh_token, **answer)

    async def Logout(self, request: pb.LogoutRequest, context: Any) -> pb.LogoutResponse:
        await self._answer("Logout", context, knows=request.refresh_token == self._refresh_token)
        return pb.LogoutResponse()

    async def ExchangeApiKey(
        self, request: pb.ExchangeApiKeyRequest, context: Any
    ) -> pb.ExchangeApiKeyResponse:
        knows = request.api_key == KEY
        return pb.ExchangeApiKeyResponse(
            **await self._answer("ExchangeApiKey", context, knows=knows)
        )


@asynccontextmanager
async def mesh_with_auth() -> AsyncIterator[tuple[ScriptedMesh, Auth]]:
    auth = Auth()
    async with scripted_mesh(auth=auth) as server:
        yield server, auth


def sent(server: ScriptedMesh) -> list[str]:
    return [each.get("authorization", "") for each in server.storage.metadata]


async def test_a_password_is_sent_once_and_its_token_with_every_call() -> None:
    async with mesh_with_auth() as (server, auth):
        async with client(server, login=(EMAIL, PASSWORD)) as mesh:
            await asyncio.gather(
                *(mesh.storage.ListProducts(ListProductsRequest()) for _ in range(5))
            )
            reading = asyncio.create_task(anext(mesh.chains()))
            call = await server.opened()
            assert call.metadata["authorization"] == "Bearer token-1"
            call.send(batch(chain(1), after="t1"))
            await reading
            assert auth.calls == ["Login"]
        assert sent(server) == ["Bearer token-1"] * 5
        assert auth.calls == ["Login", "Logout"]


async def test_a_key_is_exchanged_once() -> None:
    async with mesh_with_auth() as (server, auth):
        async with client(server, api_key=KEY) as mesh:
            for _ in range(3):
                await mesh.storage.ListProducts(ListProductsRequest())
        assert sent(server) == ["Bearer token-1"] * 3
        assert auth.calls == ["ExchangeApiKey"]


@pytest.mark.parametrize(
    ("options", "renewal"),
    [({"login": (EMAIL, PASSWORD)}, "Refresh"), ({"api_key": KEY}, "ExchangeApiKey")],
)
async def test_a_token_is_renewed_before_it_ends(options: dict[str, Any], renewal: str) -> None:
    async with mesh_with_auth() as (server, auth), client(server, **options) as mesh:
        auth.lifetime = 6.0
        await mesh.storage.ListProducts(ListProductsRequest())
        begun, first = time.monotonic(), auth.count(renewal)

        async def call() -> int:
            await mesh.storage.ListProducts(ListProductsRequest())
            return auth.count(renewal)

        await eventually(call, lambda count: count > first)
        assert time.monotonic() - begun < 6.0
        assert sent(server)[-1] == "Bearer token-2"


class Thinking(Storage):
    """Takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.cancelled = asyncio.Event(), asyncio.Event()

    async def ListProducts(
        self, request: ListProductsRequest, context: Any
    ) -> ListProductsResponse:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()
        return ListProductsResponse()


@pytest.mark.parametrize("options", [{}, {"token": "token"}, {"api_key": KEY}], ids=str)
async def test_a_call_that_is_cancelled_ends_at_the_service(options: dict[str, Any]) -> None:
    storage = Thinking()
    async with (
        asyncio.timeout(SECONDS),
        scripted_mesh(auth=Auth(), storage=storage) as server,
        client(server, **options) as mesh,
    ):
        call = asyncio.ensure_future(mesh.storage.ListProducts(ListProductsRequest(), timeout=60))
        await storage.asked.wait()
        call.cancel()
        # Sooner than gRPC gives up by itself a call that nobody waits for.
        async with asyncio.timeout(5.0):
            await storage.cancelled.wait()


async def test_the_old_token_serves_while_there_is_no_newer_one() -> None:
    granting, now = Counting(), [0.0]
    async with grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        token = RenewedToken(granting, lambda: AuthServiceStub(nowhere), clock=lambda: now[0])
        assert await token.token() == "token-1"
        granting.away, now[0] = True, 80.0
        assert await token.token() == "token-1"
        now[0] = 100.0
        with pytest.raises(grpc.aio.AioRpcError):
            await token.token()
        granting.away = False
        assert await token.token() == "token-4"


class Counting(ApiKey):
    """Grants tokens of a hundred seconds, when it is not away."""

    def __init__(self) -> None:
        super().__init__(KEY)
        self.away = False
        self.asked = 0

    async def grant(self, auth: AuthServiceStub) -> Grant:
        del auth
        self.asked += 1
        if self.away:
            raise grpc.aio.AioRpcError(
                grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()
            )
        return Grant(token=f"token-{self.asked}", expires_at=100.0)


async def test_a_session_that_was_ended_is_begun_anew() -> None:
    async with mesh_with_auth() as (server, auth), client(server, login=(EMAIL, PASSWORD)) as mesh:
        await mesh.storage.ListProducts(ListProductsRequest())
        server.storage.refused.add("Bearer token-1")
        auth.sessions = False
        await mesh.storage.ListProducts(ListProductsRequest())
        assert auth.calls == ["Login", "Refresh", "Login"]
        assert sent(server) == ["Bearer token-1", "Bearer token-1", "Bearer token-3"]


async def test_a_call_is_not_tried_for_ever_with_tokens_that_are_refused() -> None:
    async with mesh_with_auth() as (server, auth), client(server, api_key=KEY) as mesh:
        server.storage.refused.update(f"Bearer token-{number}" for number in range(9))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await mesh.storage.ListProducts(ListProductsRequest())
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert auth.calls == ["ExchangeApiKey"] * 2


async def test_a_stream_goes_on_with_another_token_where_the_first_was_refused() -> None:
    async with mesh_with_auth() as (server, auth), client(server, api_key=KEY) as mesh:
        stream = mesh.chains()
        reading = asyncio.create_task(anext(stream))
        call = await server.opened()
        call.send(batch(chain(1), after="t1"))
        await reading
        reading = asyncio.create_task(anext(stream))
        call.fail(grpc.StatusCode.UNAUTHENTICATED)
        call = await server.opened()
        assert call.request.resume_token == "t1"  # noqa: S105 - of a stream
        assert call.metadata["authorization"] == "Bearer token-2"
        call.send(batch(chain(2), after="t2"))
        async with asyncio.timeout(SECONDS):
            assert (await reading).sequence == 2
        assert auth.calls == ["ExchangeApiKey"] * 2


async def test_a_stream_waits_for_an_auth_that_is_away() -> None:
    async with mesh_with_auth() as (server, auth), client(server, api_key=KEY) as mesh:
        auth.away = True
        reading = asyncio.create_task(anext(mesh.chains()))

        async def asked() -> int:
            return len(auth.calls)

        await eventually(asked, lambda count: count >= 2)
        auth.away = False
        call = await server.opened()
        call.send(batch(chain(1), after="t1"))
        async with asyncio.timeout(SECONDS):
            await reading


@pytest.mark.parametrize("options", [{"login": (EMAIL, "wrong")}, {"api_key": "wrong"}])
async def test_who_is_not_known_is_told_so(options: dict[str, Any]) -> None:
    async with mesh_with_auth() as (server, _), client(server, **options) as mesh:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await mesh.storage.ListProducts(ListProductsRequest())
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        async with asyncio.timeout(SECONDS):
            with pytest.raises(UnauthenticatedError):
                await anext(mesh.chains())
        assert server.storage.metadata == []


async def test_a_session_need_not_be_ended_by_a_mesh_that_is_gone() -> None:
    async with mesh_with_auth() as (server, _):
        async with client(server, login=(EMAIL, PASSWORD)) as mesh:
            await mesh.storage.ListProducts(ListProductsRequest())
            await server.stop()
            begun = time.monotonic()
        assert time.monotonic() - begun < SECONDS


@pytest.mark.parametrize(
    "options",
    [
        {"token": "t", "api_key": KEY},
        {"token": "t", "login": (EMAIL, PASSWORD)},
        {"api_key": KEY, "login": (EMAIL, PASSWORD)},
    ],
)
def test_one_says_once_who_is_calling(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="once"):
        Mesh("localhost:8009", **options)


@pytest.mark.parametrize("options", [{"login": (EMAIL, PASSWORD)}, {"api_key": KEY}])
def test_secrets_do_not_travel_in_the_open_and_are_never_shown(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="unencrypted") as caught:
        Mesh("mesh:8009", **options)
    assert PASSWORD not in str(caught.value)
    mesh = Mesh("localhost:8009", **options)
    assert PASSWORD not in repr(mesh) + repr(mesh._credentials) + repr(mesh._credentials._token)
    assert PASSWORD not in repr(Grant(token=PASSWORD, expires_at=1.0))
