"""The same limits at the public gRPC address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.edge.known_accounts import Known
from tests.edge.whole_edge import limiter
from tests.fixtures.grpc_loopback import LoopbackSettings, details_of, reason_of
from tests.fixtures.token_authority import TokenAuthority
from tests.passthrough.public_mesh import public_mesh
from tests.passthrough.recording import begun, plain_channel

from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.calls import CallLimitInterceptor
from deltastream.edge.limits.limiter import RateLimiter
from deltastream.edge.passthrough.server import passing_through
from deltastream.runtime.concurrency import Concurrency

STATUS = "/deltastream.feed.v1.FeedService/GetFeedStatus"
LOGIN = "/deltastream.auth.v1.AuthService/Login"
STREAM = "/deltastream.enrichment.v1.EnrichmentService/StreamChains"


@asynccontextmanager
async def public(
    limiter: RateLimiter, *, hops: int = 0, **callers: Any
) -> AsyncIterator[grpc.aio.Channel]:
    settings = LoopbackSettings(drain_seconds=0.2)
    async with public_mesh() as mesh:

        async def answer(request: bytes, context: Any) -> bytes:
            return request

        mesh.script(answer)
        async with (
            passing_through(
                listen="127.0.0.1:0",
                addresses=mesh.addresses,
                settings=settings,
                concurrency=Concurrency.of(settings),
                interceptors=(
                    CallLimitInterceptor(limiter, Callers(trusted_hops=hops, **callers)),
                ),
            ) as port,
            plain_channel(f"127.0.0.1:{port}") as channel,
        ):
            yield channel


async def call(channel: grpc.aio.Channel, method: str = STATUS, **metadata: str) -> None:
    pairs = tuple((name.replace("_", "-"), value) for name, value in metadata.items())
    await begun(channel, method, streaming=False, metadata=pairs, timeout=5)


async def refused(channel: grpc.aio.Channel, method: str = STATUS, **metadata: str) -> Any:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(channel, method, **metadata)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert reason_of(caught.value) == "RATE_LIMITED"
    return caught.value


async def test_one_call_too_many_is_refused_with_a_time_to_retry() -> None:
    async with public(limiter(client=2)) as channel:
        await call(channel)
        await call(channel)
        error = await refused(channel)
    retry = [it for it in details_of(error) if isinstance(it, error_details_pb2.RetryInfo)]
    assert 0 < retry[0].retry_delay.ToTimedelta().total_seconds() <= 1.01


async def test_every_client_address_has_calls_of_its_own() -> None:
    async with public(limiter(client=1), hops=1) as channel:
        await call(channel, x_forwarded_for="192.0.2.1")
        await refused(channel, x_forwarded_for="192.0.2.1")
        await call(channel, x_forwarded_for="192.0.2.2")


async def test_an_untrusted_client_cannot_say_that_it_is_another() -> None:
    async with public(limiter(client=1)) as channel:
        await call(channel, x_forwarded_for="192.0.2.1")
        await refused(channel, x_forwarded_for="192.0.2.2")


async def test_an_account_is_limited_whichever_token_or_key_it_sends() -> None:
    authority = TokenAuthority()
    known = Known(authority=authority, keys={"ds_1": authority.token("reader")})
    accounts = await known.accounts()
    async with public(limiter(account=1), account_of=accounts.of) as channel:
        await call(channel, authorization=f"Bearer {authority.token('reader')}")
        await refused(channel, authorization=f"Bearer {authority.token('reader')}")
        await refused(channel, x_api_key="ds_1")
        await call(channel, x_api_key="another")
        await call(channel, authorization=f"Bearer {authority.token('reader', subject='bob')}")
        await call(channel)


async def test_methods_that_take_credentials_have_a_stricter_limit() -> None:
    async with public(limiter(client=100, credentials=1)) as channel:
        await call(channel, LOGIN)
        await refused(channel, LOGIN)
        await call(channel)


async def test_streams_are_counted_too() -> None:
    async with public(limiter(client=1)) as channel:
        await call(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await begun(channel, STREAM, streaming=True, timeout=5).read()
        assert reason_of(caught.value) == "RATE_LIMITED"


async def test_health_is_never_refused() -> None:
    async with public(limiter(client=1)) as channel:
        for _ in range(3):
            await health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=5
            )
