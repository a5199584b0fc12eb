"""As whom a role calls, and whom it believes: over real servers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import jwt
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from pydantic import SecretStr
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import LoopbackSettings, details_of, refusal
from tests.fixtures.token_authority import AUTH, SERVICE_SECRET, TokenAuthority

from deltastream.access.v1 import access_pb2
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.enrichment.v1 import enrichment_service_pb2 as enrichment
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.health import Health, role_probe
from deltastream.runtime.identity.claims import CLOCK_SECONDS
from deltastream.runtime.identity.opening import RoleIdentity, open_identity
from deltastream.runtime.identity.policy import bearer_token, may_act_as
from deltastream.runtime.identity.service_token import IssuedToken, ServiceToken
from deltastream.runtime.server import serving
from deltastream.storage.v1 import storage_service_pb2 as storage
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

SERVICES = (
    "deltastream.storage.v1.StorageService",
    "deltastream.enrichment.v1.EnrichmentService",
)
WRONG = "not-the-secret"
TICKS = storage.PutTicksRequest(
    ticks=[UnderlyingTick(product="NIFTY", price=1.0, sequence=1, timestamp=Timestamp(seconds=1))]
)
NOBODY = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_MISSING")
INVALID = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")
EXPIRED = (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED")
NOT_ENOUGH = (grpc.StatusCode.PERMISSION_DENIED, "ROLE_INSUFFICIENT")
AWAY = (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")


class Storage(StorageServiceServicer):
    """Knows who was let in."""

    def __init__(self) -> None:
        self.callers: list[str] = []

    def note(self, context: Any) -> None:
        token = bearer_token(context.invocation_metadata())
        claims = token and jwt.decode(token, options={"verify_signature": False})
        self.callers.append(claims["sub"] if claims else "nobody")

    async def ListProducts(
        self, request: storage.ListProductsRequest, context: Any
    ) -> storage.ListProductsResponse:
        self.note(context)
        return storage.ListProductsResponse()

    async def PutTicks(
        self, request: storage.PutTicksRequest, context: Any
    ) -> storage.PutTicksResponse:
        self.note(context)
        return storage.PutTicksResponse()


class Enrichment(EnrichmentServiceServicer):
    """Streams nothing."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def StreamTicks(
        self, request: enrichment.StreamTicksRequest, context: Any
    ) -> AsyncIterator[enrichment.StreamTicksResponse]:
        self._storage.note(context)
        yield enrichment.StreamTicksResponse(sequence=1)

    async def ListDeadLetters(
        self, request: enrichment.ListDeadLettersRequest, context: Any
    ) -> enrichment.ListDeadLettersResponse:
        self._storage.note(context)
        return enrichment.ListDeadLettersResponse()


class Role:
    """A role under test."""

    def __init__(self, identity: RoleIdentity, address: str, servicer: Storage) -> None:
        self.identity = identity
        self.address = address
        self.servicer = servicer


@asynccontextmanager
async def auth_on(authority: TokenAuthority, *, port: int = 0) -> AsyncIterator[str]:
    """Serve auth, and yield where."""
    async with serving(
        listen=f"127.0.0.1:{port}",
        services=(AUTH,),
        add_servicers=authority.add_to,
        health=(health := Health(services=(AUTH,), probes={})),
        settings=LoopbackSettings(drain_seconds=0.0),
    ) as bound:
        await health.announce()
        yield f"127.0.0.1:{bound}"


@asynccontextmanager
async def role(
    auth: str, *, secret: str = SERVICE_SECRET, allow_anonymous: bool = False
) -> AsyncIterator[Role]:
    """Serve storage's and enrichment's methods, as roles do."""
    settings = RoleWithAuth(
        service_secret=SecretStr(secret),
        allow_anonymous=allow_anonymous,
        drain_seconds=0.0,
    )
    servicer = Storage()

    def add(server: grpc.aio.Server) -> None:
        add_StorageServiceServicer_to_server(servicer, server)
        add_EnrichmentServiceServicer_to_server(Enrichment(servicer), server)

    async with open_identity(settings, auth=auth) as identity:
        health = Health(
            services=SERVICES,
            probes={"auth": identity.probe},
            needs=dict.fromkeys(SERVICES, identity.needed()),
        )
        async with (
            running(health.watch()),
            serving(
                listen="127.0.0.1:0",
                services=SERVICES,
                add_servicers=add,
                health=health,
                settings=settings,
                policy=identity.policy,
            ) as port,
        ):
            yield Role(identity, f"127.0.0.1:{port}", servicer)


class RoleWithAuth(LoopbackSettings):
    """Calls itself by a name that auth knows."""

    role = "enrichment"


@pytest.fixture
def authority() -> TokenAuthority:
    return TokenAuthority()


@asynccontextmanager
async def verified(authority: TokenAuthority, **options: Any) -> AsyncIterator[Role]:
    """Serve auth and a role that has its keys."""
    async with auth_on(authority) as auth, role(auth, **options) as served:
        async with asyncio.timeout(5.0):
            await served.identity.probe()
        yield served


def bearing(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


async def test_readers_need_a_token_and_it_says_who_they_are(authority: TokenAuthority) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        read = StorageServiceStub(channel).ListProducts
        request = storage.ListProductsRequest()
        assert await refusal(read(request)) == NOBODY
        await read(request, metadata=bearing(authority.token("reader")))
        await read(request, metadata=bearing(authority.token("admin", subject="root")))
        await read(request, metadata=bearing(authority.service_token("analytics")))
        assert served.servicer.callers == ["ada", "root", "service/analytics"]


async def test_where_nobody_need_say_who_they_are_a_token_must_be_valid_all_the_same(
    authority: TokenAuthority,
) -> None:
    async with (
        verified(authority, allow_anonymous=True) as served,
        open_plain(served) as channel,
    ):
        read = StorageServiceStub(channel).ListProducts
        request = storage.ListProductsRequest()
        await read(request)
        assert served.servicer.callers == ["nobody"]
        assert await refusal(read(request, metadata=bearing("forged"))) == INVALID
        put = StorageServiceStub(channel).PutTicks
        assert await refusal(put(TICKS)) == NOBODY
        letters = EnrichmentServiceStub(channel).ListDeadLetters
        assert await refusal(letters(enrichment.ListDeadLettersRequest())) == NOBODY


async def test_one_role_is_not_another(authority: TokenAuthority) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        put = StorageServiceStub(channel).PutTicks
        letters = EnrichmentServiceStub(channel).ListDeadLetters
        for token in (authority.token("reader"), authority.token("reader", "admin")):
            write = put(TICKS, metadata=bearing(token))
            assert await refusal(write) == NOT_ENOUGH
        for token in (authority.token("reader"), authority.service_token()):
            call = letters(enrichment.ListDeadLettersRequest(), metadata=bearing(token))
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call
            (info,) = details_of(caught.value)
            assert isinstance(info, error_details_pb2.ErrorInfo)
            assert (info.reason, dict(info.metadata)) == (
                "ROLE_INSUFFICIENT",
                {"required": "ADMIN"},
            )
        assert served.servicer.callers == []


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ((("authorization", "Basic YWRhOnB3"),), INVALID),
        ((("authorization", "Bearer"),), INVALID),
        ((("authorization", ""),), INVALID),
        ((("authorization", "Bearer forged"), ("authorization", "Bearer forged")), INVALID),
        ((("authorization-bin", b"Bearer x"),), NOBODY),
    ],
)
async def test_what_is_no_token_is_refused(
    authority: TokenAuthority, metadata: Any, expected: tuple[grpc.StatusCode, str]
) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        read = StorageServiceStub(channel).ListProducts(
            storage.ListProductsRequest(), metadata=metadata
        )
        assert await refusal(read) == expected


async def test_of_two_tokens_it_is_not_chosen(authority: TokenAuthority) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        both = bearing(authority.token("reader")) + bearing(authority.token("admin"))
        read = StorageServiceStub(channel).ListProducts(
            storage.ListProductsRequest(), metadata=both
        )
        assert await refusal(read) == INVALID


async def test_the_scheme_is_written_in_any_case(authority: TokenAuthority) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        token = authority.token("reader")
        await StorageServiceStub(channel).ListProducts(
            storage.ListProductsRequest(), metadata=(("authorization", f"bEARER {token}"),)
        )


async def test_a_token_that_has_expired_is_refused_as_that(authority: TokenAuthority) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        token = authority.token("reader", lifetime=-1.0)
        read = StorageServiceStub(channel).ListProducts(
            storage.ListProductsRequest(), metadata=bearing(token)
        )
        assert await refusal(read) == EXPIRED


async def test_health_needs_no_token(authority: TokenAuthority) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        probe = role_probe(channel, SERVICES[0])
        await eventually(lambda: _passes(probe), lambda passed: passed)


async def _passes(probe: Any) -> bool:
    try:
        await probe()
    except (grpc.aio.AioRpcError, DependencyUnavailableError):
        return False
    return True


async def test_a_revoked_token_is_refused_within_seconds(authority: TokenAuthority) -> None:
    async with verified(authority) as served, open_plain(served) as channel:
        token = authority.token("reader")
        read = StorageServiceStub(channel).ListProducts
        await read(storage.ListProductsRequest(), metadata=bearing(token))
        authority.revocations["session/1"] = 4e9
        await served.identity.revocations.refresh()
        again = read(storage.ListProductsRequest(), metadata=bearing(token))
        assert await refusal(again) == INVALID


async def test_what_is_asked_of_auth_for_services_is_asked_as_one(
    authority: TokenAuthority,
) -> None:
    async with verified(authority):
        asked = dict(zip(authority.calls, authority.metadata, strict=True))
        assert asked["ListRevocations"]["authorization"].startswith("Bearer ey")
        assert "authorization" not in asked["ListSigningKeys"]


async def test_before_auth_has_ever_answered_nobody_is_refused_for_good(
    authority: TokenAuthority,
) -> None:
    async with role("127.0.0.1:1") as served, open_plain(served) as channel:
        read = StorageServiceStub(channel).ListProducts
        request = storage.ListProductsRequest()
        for token in (authority.token("reader"), "forged"):
            call = read(request, metadata=bearing(token), timeout=5.0)
            assert await refusal(call) == AWAY
        assert await refusal(read(request)) == NOBODY


async def test_the_channels_of_a_role_say_who_it_is_unless_a_call_does(
    authority: TokenAuthority,
) -> None:
    async with (
        verified(authority) as served,
        open_channel(
            served.address, service="storage", identity=served.identity.service
        ) as channel,
        open_channel(
            served.address, service="storage", patient=False, identity=served.identity.service
        ) as impatient,
    ):
        for each in (channel, impatient):
            await StorageServiceStub(each).PutTicks(TICKS)
        await StorageServiceStub(channel).ListProducts(
            storage.ListProductsRequest(), metadata=bearing(authority.token("reader"))
        )
        stream = EnrichmentServiceStub(channel).StreamTicks(enrichment.StreamTicksRequest())
        assert [frame.sequence async for frame in stream] == [1]
        us = "service/enrichment"
        assert served.servicer.callers == [us, us, "ada", us]


async def test_without_the_secret_no_service_is_believed(authority: TokenAuthority) -> None:
    async with (
        verified(authority, secret="") as served,
        open_channel(
            served.address, service="storage", identity=served.identity.service
        ) as channel,
    ):
        put = StorageServiceStub(channel).PutTicks(TICKS)
        assert await refusal(put) == NOBODY
        assert set(authority.calls) == {"ListSigningKeys"}


async def test_a_wrong_secret_is_said_once_and_gets_nothing(
    authority: TokenAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    async with auth_on(authority) as auth, role(auth, secret=WRONG) as served:
        await eventually(lambda: _count(authority, "IssueServiceToken"), lambda count: count >= 2)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await served.identity.service.metadata()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert "ListRevocations" not in authority.calls
    said = capsys.readouterr().out
    assert said.count("service_token_not_issued") == 1
    assert WRONG not in said


async def _count(authority: TokenAuthority, method: str) -> int:
    return authority.calls.count(method)


async def test_a_service_token_is_renewed_at_half_its_life() -> None:
    moments = [100.0]
    issued: list[float] = []

    async def issue() -> IssuedToken:
        issued.append(moments[0])
        return IssuedToken(text=f"token-{len(issued)}", expires_at=moments[0] + 4.0)

    token = ServiceToken(issue, clock=lambda: moments[0])
    following = asyncio.create_task(token.follow())
    try:
        assert await token.metadata() == bearing("token-1")
        begun = time.monotonic()
        await eventually(lambda: _length(issued), lambda length: length == 2)
        assert time.monotonic() - begun < 4.0
        assert await token.metadata() == bearing("token-2")
    finally:
        following.cancel()
    assert "token-" not in repr(IssuedToken(text="token-9", expires_at=0.0))


@pytest.mark.parametrize("seconds", [3600.0, -31.0], ids=["slept", "set back"])
async def test_a_token_that_another_clock_made_invalid_is_renewed_when_it_is_wanted(
    seconds: float,
) -> None:
    moments = [100.0]
    issued: list[float] = []

    async def issue() -> IssuedToken:
        issued.append(moments[0])
        return IssuedToken(text=f"token-{len(issued)}", expires_at=moments[0] + 600.0)

    token = ServiceToken(issue, clock=lambda: moments[0])
    following = asyncio.create_task(token.follow())
    try:
        assert await token.metadata() == bearing("token-1")
        # The clock is another, and the loop has counted nothing.
        moments[0] += seconds
        assert await token.metadata() == bearing("token-2")
    finally:
        following.cancel()
    assert issued == [100.0, 100.0 + seconds]


async def test_a_token_is_believed_by_clocks_that_are_a_little_behind() -> None:
    moments = [100.0]

    async def issue() -> IssuedToken:
        return IssuedToken(text=f"of {moments[0]}", expires_at=moments[0] + 600.0)

    token = ServiceToken(issue, clock=lambda: moments[0])
    following = asyncio.create_task(token.follow())
    try:
        assert await token.metadata() == bearing("of 100.0")
        moments[0] -= CLOCK_SECONDS
        assert await token.metadata() == bearing("of 100.0")
    finally:
        following.cancel()


async def _length(sequence: list[float]) -> int:
    return len(sequence)


async def test_an_old_token_serves_until_it_ends_while_auth_is_away() -> None:
    now, answers = [100.0], [IssuedToken(text="only", expires_at=100.5)]

    async def issue() -> IssuedToken:
        if not answers:
            raise grpc.aio.AioRpcError(
                grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()
            )
        return answers.pop()

    token = ServiceToken(issue, clock=lambda: now[0])
    following = asyncio.create_task(token.follow())
    try:
        assert await token.metadata() == bearing("only")
        now[0] = 100.4
        assert await token.metadata() == bearing("only")
        now[0] = 100.5
        asking = asyncio.create_task(token.metadata())
        answers.append(IssuedToken(text="next", expires_at=200.0))
        async with asyncio.timeout(5.0):
            assert await asking == bearing("next")
    finally:
        following.cancel()


@pytest.mark.parametrize("role", [access_pb2.ROLE_UNSPECIFIED, 99])
def test_nobody_may_act_in_a_role_that_is_not_known(
    role: "access_pb2.Role.ValueType",
) -> None:
    assert not may_act_as({"reader", "admin", "service"}, role)


def open_plain(served: Role) -> grpc.aio.Channel:
    """Open a channel that adds nothing to its calls."""
    return grpc.aio.insecure_channel(served.address)
