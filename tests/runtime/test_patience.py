"""While a role is restarted its callers wait; for one that is gone they do not wait long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.fixtures.free_port import free_port
from tests.fixtures.grpc_loopback import LoopbackSettings
from tests.passthrough.recording import begun

from deltastream.runtime.channels import open_channel
from deltastream.runtime.health import Health
from deltastream.runtime.patience import PATIENCE_SECONDS
from deltastream.runtime.server import serving

SERVICE = "deltastream.storage.v1.StorageService"
# In the service config, and so tried again; and one that is not.
IDEMPOTENT, OTHER = f"/{SERVICE}/ListProducts", f"/{SERVICE}/Forget"


@asynccontextmanager
async def storage(port: int, name: bytes = b"storage", *, up: bool = True) -> AsyncIterator[Health]:
    async def answer(_: Any, context: Any) -> bytes:
        context.set_trailing_metadata((("left", str(context.time_remaining())),))
        return name

    handler: Any = grpc.unary_unary_rpc_method_handler(answer)
    handlers = grpc.method_handlers_generic_handler(
        SERVICE, {"ListProducts": handler, "Forget": handler}
    )
    health = Health(services=(SERVICE,), probes={})
    async with serving(
        listen=f"127.0.0.1:{port}",
        services=(SERVICE,),
        add_servicers=lambda server: server.add_generic_rpc_handlers((handlers,)),
        health=health,
        settings=LoopbackSettings(drain_seconds=0.1),
        interceptors=(),
    ):
        if up:
            await health.announce()
        yield health


@pytest.fixture
def port() -> int:
    return free_port()


def elapsed_since(since: float) -> float:
    return asyncio.get_running_loop().time() - since


@pytest.mark.parametrize("path", [IDEMPOTENT, OTHER])
async def test_a_call_made_during_a_restart_is_answered_late(port: int, path: str) -> None:
    async with open_channel(f"127.0.0.1:{port}", service="storage") as channel:
        call: Any = channel.unary_unary(path)
        async with storage(port):
            assert await call(b"", timeout=5) == b"storage"
        waiting = asyncio.gather(*(call(b"", timeout=8) for _ in range(200)))
        await asyncio.sleep(0.5)  # the restart
        async with storage(port):
            assert await waiting == [b"storage"] * 200


async def test_a_call_to_a_role_that_is_gone_is_unavailable_when_patience_ends(port: int) -> None:
    async with open_channel(f"127.0.0.1:{port}", service="storage") as channel:
        since = asyncio.get_running_loop().time()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await begun(channel, IDEMPOTENT, streaming=False, timeout=30)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert elapsed_since(since) >= PATIENCE_SECONDS


@pytest.mark.parametrize(
    ("path", "seconds", "least", "most"),
    [
        (IDEMPOTENT, None, 20.0, 30.0),
        (IDEMPOTENT, 60.0, 20.0, 30.0),
        (IDEMPOTENT, 15.0, 5.0, 15.0),
        (OTHER, 60.0, 50.0, 60.0),
    ],
)
async def test_a_call_has_the_time_of_its_method_or_what_it_says_if_that_is_less(
    port: int, path: str, seconds: float | None, least: float, most: float
) -> None:
    async with (
        storage(port),
        open_channel(f"127.0.0.1:{port}", service="storage") as channel,
    ):
        method: Any = channel.unary_unary(path)
        call = method(b"", timeout=seconds)
        # A little is added on the way, so that nothing ends too early.
        assert least < await _left(call) < most + 0.1


async def _left(call: grpc.aio.Call) -> float:
    return float(dict(await call.trailing_metadata())["left"])


async def test_a_call_waits_no_longer_than_its_deadline(port: int) -> None:
    async with open_channel(f"127.0.0.1:{port}", service="storage") as channel:
        since = asyncio.get_running_loop().time()
        with pytest.raises(grpc.aio.AioRpcError):
            await begun(channel, IDEMPOTENT, streaming=False, timeout=0.3)
        assert elapsed_since(since) < PATIENCE_SECONDS


async def test_what_a_call_waited_is_taken_from_its_deadline(port: int) -> None:
    async with open_channel(f"127.0.0.1:{port}", service="storage") as channel:
        call = begun(channel, OTHER, streaming=False, timeout=30)
        await asyncio.sleep(1)  # the restart
        async with storage(port):
            assert await call == b"storage"
        ((_, left),) = tuple(await call.trailing_metadata())
        assert 30 - 2 * PATIENCE_SECONDS < float(left) < 29.2


async def test_a_health_check_does_not_wait(port: int) -> None:
    async with open_channel(f"127.0.0.1:{port}", service="storage") as channel:
        since = asyncio.get_running_loop().time()
        with pytest.raises(grpc.aio.AioRpcError):
            await health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=30
            )
        assert elapsed_since(since) < PATIENCE_SECONDS


async def test_calls_go_to_the_replicas_that_serve_in_turn(port: int) -> None:
    other = free_port()
    async with (
        storage(port, b"one") as one,
        storage(other, b"two"),
        open_channel(f"ipv4:127.0.0.1:{port},127.0.0.1:{other}", service="storage") as channel,
    ):
        call: Any = channel.unary_unary(IDEMPOTENT)
        answers = await until_answered_by(call, {b"one", b"two"})
        assert answers == {b"one", b"two"}
        await one.drain()
        assert await until_answered_by(call, {b"two"}) == {b"two"}


async def until_answered_by(call: Any, wanted: set[bytes]) -> set[bytes]:
    """Call in rounds until one round is answered by just these replicas."""
    answers: set[bytes] = set()
    async with asyncio.timeout(5):
        while answers != wanted:
            answers = {await call(b"", timeout=5) for _ in range(20)}
    return answers
