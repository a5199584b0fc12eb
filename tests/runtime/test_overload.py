"""A server takes on so much and refuses the rest at once, in good words."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import details_of, reason_of

from deltastream.runtime.background import running
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.health import Health
from deltastream.runtime.interceptors.overload import OverloadInterceptor
from deltastream.runtime.interceptors.writing import WritingInterceptor
from deltastream.runtime.lateness import watch_lateness

CALLS, STREAMS = 3, 2
LATE, IN_TIME = 0.1, 0.001
SERVICE = "deltastream.overloaded.v1.AnyService"


@dataclass(slots=True)
class Blocking:
    """Methods of every kind that answer once they are let go."""

    released: asyncio.Event = field(default_factory=asyncio.Event)
    closed: int = 0

    async def answer(self, _: Any, __: Any) -> bytes:
        await self.released.wait()
        return b"answer"

    async def writing(self, _: Any, context: Any) -> None:
        await self.released.wait()
        await context.write(b"answer")

    async def yielding(self, _: Any, __: Any) -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await self.released.wait()
            yield b"answer"
        finally:
            self.closed += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    channel: grpc.aio.Channel
    service: Blocking
    concurrency: Concurrency

    def begin(self, method: str) -> Any:
        makers: dict[str, Any] = {
            "Unary": self.channel.unary_unary,
            "Writing": self.channel.unary_stream,
            "Yielding": self.channel.unary_stream,
            "Taking": self.channel.stream_unary,
            "Talking": self.channel.stream_stream,
        }
        make = makers[method](f"/{SERVICE}/{method}")
        return make(iter((b"",)) if method in {"Taking", "Talking"} else b"", timeout=10)


@asynccontextmanager
async def served() -> AsyncIterator[Served]:
    service = Blocking()
    concurrency = Concurrency(calls=Limit(CALLS, of="calls"), streams=Limit(STREAMS, of="streams"))
    server = grpc.aio.server(interceptors=(OverloadInterceptor(concurrency), WritingInterceptor()))
    handlers: dict[str, Any] = {
        "Unary": grpc.unary_unary_rpc_method_handler(service.answer),
        "Writing": grpc.unary_stream_rpc_method_handler(service.writing),
        "Yielding": grpc.unary_stream_rpc_method_handler(service.yielding),
        "Taking": grpc.stream_unary_rpc_method_handler(service.answer),
        "Talking": grpc.stream_stream_rpc_method_handler(service.writing),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    Health(services=(), probes={}).add_to(server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Served(channel=channel, service=service, concurrency=concurrency)
    finally:
        await server.stop(None)


async def until_admitted(limit: Limit, count: int) -> None:
    async def admitted() -> int:
        return limit.admitted

    await eventually(admitted, count.__eq__)


async def refused(call: Any) -> grpc.aio.AioRpcError:
    """Await the refusal of a call, which must not take long."""
    async with asyncio.timeout(10):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await (call if hasattr(call, "__await__") else call.read())
    return caught.value


async def test_one_call_too_many_is_refused_with_its_reason_and_advice() -> None:
    async with served() as server:
        calls = [server.begin("Unary") for _ in range(CALLS)]
        await until_admitted(server.concurrency.calls, CALLS)
        error = await refused(server.begin("Unary"))
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert reason_of(error) == "OVERLOADED"
        info, retry = details_of(error)
        assert isinstance(info, error_details_pb2.ErrorInfo)
        assert dict(info.metadata) == {"limit": str(CALLS)}
        assert isinstance(retry, error_details_pb2.RetryInfo)
        server.service.released.set()
        assert await asyncio.gather(*calls) == [b"answer"] * CALLS
        assert await server.begin("Unary") == b"answer"
        assert server.concurrency.calls.admitted == 0


@pytest.mark.parametrize("method", ["Writing", "Yielding", "Taking", "Talking"])
async def test_streams_of_every_kind_have_a_limit_of_their_own(method: str) -> None:
    async with served() as server:
        with ExitStack() as streams:
            for _ in range(STREAMS):
                streams.callback(server.begin(method).cancel)
            await until_admitted(server.concurrency.streams, STREAMS)
            assert reason_of(await refused(server.begin(method))) == "OVERLOADED"
            call = server.begin("Unary")
            await until_admitted(server.concurrency.calls, 1)
            server.service.released.set()
            assert await call == b"answer"
        await until_admitted(server.concurrency.streams, 0)


async def test_a_stream_that_its_caller_leaves_is_closed_at_once() -> None:
    async with served() as server:
        stream = server.begin("Yielding")
        assert await stream.read() == b"first"
        stream.cancel()
        await until_admitted(server.concurrency.streams, 0)
        assert server.service.closed == 1


async def test_health_is_answered_however_busy_the_server_is() -> None:
    async with served() as server:
        with ExitStack() as calls:
            for _ in range(CALLS):
                calls.callback(server.begin("Unary").cancel)
            await until_admitted(server.concurrency.calls, CALLS)
            reply = await health_pb2_grpc.HealthStub(server.channel).Check(
                health_pb2.HealthCheckRequest(), timeout=5
            )
            assert reply.status == health_pb2.HealthCheckResponse.SERVING


def test_refusals_are_logged_at_most_once_a_second() -> None:
    now = 0.0
    limit = Limit(1, of="calls", clock=lambda: now)
    assert limit.admit()
    with capture_logs() as logged:
        for now in (0.0, 0.2, 0.9, 1.1, 1.2, 5.0):  # noqa: B007 - the limit's clock reads it
            assert not limit.admit()
    assert [(event["event"], event["refused"]) for event in logged] == [
        ("overloaded", 1),
        ("overloaded", 3),
        ("overloaded", 2),
    ]
    limit.release()
    assert limit.admit()


def admitted_by(limit: Limit) -> int:
    """Fill a limit, and return how many it takes."""
    while limit.admit():
        pass
    return limit.admitted


def be_late(limit: Limit) -> None:
    """Tell a limit that the process is late, in a way that counts."""
    limit.adapt(LATE)
    limit.adapt(LATE)


def test_a_process_that_was_late_once_takes_on_as_much_as_before() -> None:
    limit = Limit(100, of="calls")
    for _ in range(3):
        limit.adapt(LATE)
        limit.adapt(IN_TIME)
    assert admitted_by(limit) == 100


def test_a_process_that_is_late_takes_on_fewer_at_a_time_but_never_none() -> None:
    limit = Limit(100, of="calls")
    for _ in range(100):
        assert limit.admit()
    be_late(limit)
    assert not limit.admit()
    for _ in range(30):
        limit.release()
    assert admitted_by(limit) == 80
    for _ in range(100):
        limit.adapt(LATE)
    for _ in range(80):
        limit.release()
    assert admitted_by(limit) == 32


def test_a_process_that_is_late_with_little_to_do_takes_on_little_more() -> None:
    limit = Limit(100, of="calls")
    for _ in range(40):
        limit.admit()
    be_late(limit)
    assert admitted_by(limit) == 40


def test_a_process_that_is_on_time_again_takes_on_more_and_more_up_to_its_limit() -> None:
    limit = Limit(100, of="calls")
    be_late(limit)
    assert admitted_by(limit) == 32
    limit.adapt(IN_TIME)
    assert admitted_by(limit) == 33
    for _ in range(200):
        limit.adapt(IN_TIME)
    assert admitted_by(limit) == 100


def test_a_small_limit_is_not_made_smaller() -> None:
    limit = Limit(3, of="calls")
    be_late(limit)
    assert admitted_by(limit) == 3


async def test_what_blocks_the_loop_is_seen_as_lateness() -> None:
    seen: list[float] = []

    async def times() -> int:
        return len(seen)

    async def longest() -> float:
        return max(seen)

    async with running(watch_lateness(seen.append)):
        await eventually(times, (1).__le__)
        time.sleep(0.2)  # noqa: ASYNC251 - this is what is to be seen
        assert await eventually(longest, (0.1).__le__) < 5.0
