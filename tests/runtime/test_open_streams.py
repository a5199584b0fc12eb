"""A stream ends with the token that opened it: over real servers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import grpc
import pytest
from structlog.testing import capture_logs
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import LoopbackSettings, reason_of
from tests.fixtures.token_authority import TokenAuthority

from deltastream.domain.errors import TokenExpiredError
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    StreamTicksRequest,
    StreamTicksResponse,
)
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.health import Health
from deltastream.runtime.identity.keyring import Keyring
from deltastream.runtime.identity.open_streams import OpenStreams
from deltastream.runtime.identity.policy import TokenPolicy
from deltastream.runtime.identity.principal import Principal
from deltastream.runtime.identity.revocations import Revocations
from deltastream.runtime.identity.verifier import TokenVerifier
from deltastream.runtime.interceptors.validation import require_valid
from deltastream.runtime.server import serving

SERVICE: Final = "deltastream.enrichment.v1.EnrichmentService"
SECONDS: Final = 10.0
SMALL_WINDOW: Final = (("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 16_384))
EXPIRED: Final = (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED")
INVALID: Final = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")


class Enrichment(EnrichmentServiceServicer):
    """Streams as fast as it is read, or falls silent after the first frame."""

    def __init__(self) -> None:
        self.silent = True
        self.ended = 0

    async def StreamTicks(
        self, request: StreamTicksRequest, context: Any
    ) -> AsyncIterator[StreamTicksResponse]:
        try:
            while True:
                yield StreamTicksResponse(sequence=1, resume_token="x" * 4000)
                if self.silent:
                    await asyncio.Event().wait()
        finally:
            self.ended += 1


class Role:
    """A role that streams."""

    def __init__(self, authority: TokenAuthority) -> None:
        self.authority = authority
        self.ahead = 0.0
        self.streams_ahead = 0.0
        self.servicer = Enrichment()
        self.keys = Keyring(self._public_keys)
        self.revocations = Revocations(self._revocations)
        verifier = TokenVerifier(
            keys=self.keys,
            revocations=self.revocations,
            clock=lambda: time.time() + self.ahead,
        )
        self.streams = OpenStreams(verifier, clock=lambda: time.time() + self.streams_ahead)
        self.keys.whenever_changed(self.streams.recheck)
        self.revocations.whenever_changed(self.streams.recheck)
        self.policy = TokenPolicy(verifier, self.streams, allow_anonymous=True)

    def ends_streams(self, *, after: float) -> None:
        """Be wrong about the time in such a way that tokens end so many seconds after opening.

        However slow this machine is, they are good when a stream opens.
        """
        self.streams_ahead = self.authority.lifetime - after

    async def _public_keys(self) -> dict[str, Any]:
        return {kid: key.public_key() for kid, key in self.authority.keys.items()}

    async def _revocations(self) -> dict[str, float]:
        return dict(self.authority.revocations)

    async def open(self) -> int:
        """Return how many streams are watched."""
        return len(self.streams)

    async def until_key_is_gone(self) -> None:
        """Ask for the keys anew, as is done each minute."""
        following = asyncio.create_task(self.keys.follow())
        await eventually(self.open, (0).__eq__)
        following.cancel()


@pytest.fixture(scope="module", autouse=True)
def validator() -> None:
    """Load it: it takes its time at the first request, and a token's is short here."""
    require_valid(StreamTicksRequest())


@pytest.fixture
def authority() -> TokenAuthority:
    return TokenAuthority()


@pytest.fixture
def role(authority: TokenAuthority) -> Role:
    return Role(authority)


@asynccontextmanager
async def streaming(role: Role, token: str | None) -> AsyncIterator[Any]:
    """Open a stream, and yield the call once the first frame has come."""
    async with opened(role, token) as call:
        await call.read()
        yield call


@asynccontextmanager
async def opened(role: Role, token: str | None) -> AsyncIterator[Any]:
    """Open a stream, and yield the call."""

    def add(server: grpc.aio.Server) -> None:
        add_EnrichmentServiceServicer_to_server(role.servicer, server)

    metadata = () if token is None else (("authorization", f"Bearer {token}"),)
    async with (
        serving(
            listen="127.0.0.1:0",
            services=(SERVICE,),
            add_servicers=add,
            health=Health(services=(SERVICE,), probes={}),
            settings=LoopbackSettings(drain_seconds=0.2),
            policy=role.policy,
        ) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=SMALL_WINDOW) as channel,
        asyncio.timeout(SECONDS),
    ):
        call = EnrichmentServiceStub(channel).StreamTicks(StreamTicksRequest(), metadata=metadata)
        try:
            yield call
        finally:
            call.cancel()


async def ending(call: Any) -> tuple[grpc.StatusCode, str]:
    """Read a stream to its end, and return what it ends with."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await read_all(call)
    return caught.value.code(), reason_of(caught.value)


async def read_all(call: Any) -> None:
    while await call.read() is not grpc.aio.EOF:
        pass


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "busy"])
async def test_a_stream_ends_in_the_moment_in_which_its_token_does(
    role: Role, authority: TokenAuthority, *, silent: bool
) -> None:
    role.servicer.silent = silent
    role.ends_streams(after=1.0)
    begun = time.monotonic()
    async with streaming(role, authority.token("reader")) as call:
        assert await ending(call) == EXPIRED
    assert time.monotonic() - begun >= 0.9
    assert (len(role.streams), role.servicer.ended) == (0, 1)


async def test_who_does_not_read_hears_of_it_when_reading_on(
    role: Role, authority: TokenAuthority
) -> None:
    role.servicer.silent = False
    role.ends_streams(after=1.0)
    async with streaming(role, authority.token("reader")) as call:
        # By then it has filled the window, and waits for us.
        await eventually(role.open, (0).__eq__)
        assert await ending(call) == EXPIRED


async def test_who_does_not_read_and_leaves_needs_not_hear_of_it(
    role: Role, authority: TokenAuthority
) -> None:
    role.servicer.silent = False
    role.ends_streams(after=1.0)
    with capture_logs() as logs:
        async with streaming(role, authority.token("reader")) as call:
            await eventually(role.open, (0).__eq__)
            call.cancel()
    (end,) = [log for log in logs if log["event"].startswith("rpc_")]
    assert (end["event"], end["error"]) == ("rpc_cancelled", "CancelledError")


async def test_a_stream_ends_when_its_session_is_known_to_have_ended(
    role: Role, authority: TokenAuthority
) -> None:
    async with (
        streaming(role, authority.token("reader", session="session/1")) as call,
        streaming(role, authority.token("reader", session="session/2")) as other,
    ):
        authority.revocations["session/1"] = 4e9
        await role.revocations.refresh()
        assert await ending(call) == INVALID
        assert len(role.streams) == 1
        assert not other.done()


@pytest.mark.parametrize("service", [False, True], ids=["reader", "service"])
async def test_a_stream_ends_with_the_key_that_its_token_was_signed_with(
    role: Role, authority: TokenAuthority, *, service: bool
) -> None:
    token = authority.service_token() if service else authority.token("reader")
    async with streaming(role, token) as call:
        authority.keys = TokenAuthority().keys
        authority.keys["second"] = authority.keys.pop("first")
        await role.until_key_is_gone()
        assert await ending(call) == INVALID


async def test_a_stream_whose_token_ends_before_its_first_frame_is_sent_is_told_so(
    role: Role, authority: TokenAuthority
) -> None:
    role.ends_streams(after=0.0)
    async with opened(role, authority.token("reader")) as call:
        assert await ending(call) == EXPIRED


async def test_the_stream_of_a_service_goes_on_without_its_token(
    role: Role, authority: TokenAuthority
) -> None:
    role.ends_streams(after=1.0)
    async with (
        streaming(role, authority.service_token()) as call,
        streaming(role, authority.token("reader")) as other,
    ):
        assert await ending(other) == EXPIRED
        authority.revocations["session/9"] = 4e9
        await role.revocations.refresh()
        assert len(role.streams) == 1
        assert not call.done()


async def test_a_service_that_is_revoked_after_its_tokens_time_is_cut_off_all_the_same(
    role: Role, authority: TokenAuthority
) -> None:
    async with streaming(role, authority.service_token("edge", lifetime=600.0)) as call:
        role.ahead = 700.0
        authority.revocations["user/service/edge"] = 4e9
        await role.revocations.refresh()
        assert await ending(call) == INVALID


async def test_a_stream_without_a_token_has_no_end(role: Role, authority: TokenAuthority) -> None:
    async with streaming(role, None) as call:
        assert len(role.streams) == 0
        assert not call.done()


async def test_a_stream_that_its_reader_leaves_is_forgotten(
    role: Role, authority: TokenAuthority
) -> None:
    async with streaming(role, authority.token("reader")) as call:
        assert len(role.streams) == 1
        call.cancel()
        await eventually(role.open, (0).__eq__)
    assert role.servicer.ended == 1


class Content:
    """Finds every token good."""

    def has_ended(self, principal: Principal) -> bool:
        del principal
        return False


async def stopping_early(streams: OpenStreams, principal: Principal) -> AsyncIterator[int]:
    async with streams.lasting(principal):
        yield 1


async def test_what_a_stream_ends_with_by_itself_stays_as_it_is() -> None:
    principal = Principal(
        subject="ada", roles=frozenset(), issued_at=0.0, expires_at=time.time() + 600.0
    )
    streams = OpenStreams(Content())
    with pytest.raises(TimeoutError):
        async with streams.lasting(principal):
            raise TimeoutError
    responses: Any = stopping_early(streams, principal)
    assert await anext(responses) == 1
    await responses.aclose()
    assert len(streams) == 0


async def test_a_clock_that_goes_slower_than_the_timer_prolongs_nothing() -> None:
    principal = Principal(subject="ada", roles=frozenset(), issued_at=0.0, expires_at=1.05)
    streams = OpenStreams(Content(), clock=lambda: 1.0)
    with pytest.raises(TokenExpiredError):
        async with streams.lasting(principal), asyncio.timeout(5.0):
            await asyncio.Event().wait()
