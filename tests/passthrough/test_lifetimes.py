"""A call ends on both sides when it ends on one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack

import grpc
import pytest
from google.rpc import error_details_pb2
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import details_of, reason_of
from tests.passthrough.public_mesh import (
    GET_FEED_STATUS,
    STREAM_CHAINS,
    PublicMesh,
    another_edge,
    public_mesh,
)
from tests.passthrough.recording import Context, Recorder, begun, hang, plain_channel

from deltastream.edge.credentials import Credentials

STREAMS = 300


@pytest.fixture
async def mesh() -> AsyncIterator[PublicMesh]:
    async with public_mesh() as running:
        yield running


async def reached(service: Recorder, *, calls: int = 1) -> None:
    async def seen() -> int:
        return len(service.seen)

    await eventually(seen, lambda count: count == calls)


@pytest.mark.parametrize(
    ("role", "path"), [("feed", GET_FEED_STATUS), ("enrichment", STREAM_CHAINS)]
)
async def test_a_caller_that_cancels_cancels_the_services_work(
    mesh: PublicMesh, role: str, path: str
) -> None:
    mesh.script(hang)
    service = mesh.services[role]
    streaming = path in service.streaming
    call = begun(mesh.public, path, streaming=streaming)
    await reached(service)
    call.cancel()
    async with asyncio.timeout(10):
        await service.cancelled.wait()


async def test_a_caller_whose_connection_goes_cancels_the_services_work(mesh: PublicMesh) -> None:
    mesh.script(hang)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{mesh.port}") as channel:
        call = begun(channel, STREAM_CHAINS, streaming=True)
        await reached(mesh.services["enrichment"])
    async with asyncio.timeout(10):
        await mesh.services["enrichment"].cancelled.wait()
    assert call.done()


async def test_a_deadline_ends_the_call_on_both_sides(mesh: PublicMesh) -> None:
    mesh.script(hang)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await begun(mesh.public, GET_FEED_STATUS, streaming=False, timeout=0.3)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    async with asyncio.timeout(10):
        await mesh.services["feed"].cancelled.wait()


async def test_a_service_that_cancels_ends_the_callers_stream(mesh: PublicMesh) -> None:
    async def give_up(_: bytes, context: Context) -> None:
        await context.write(b"first")
        await context.abort(grpc.StatusCode.CANCELLED, "the service changed its mind")

    mesh.script(give_up)
    call = begun(mesh.public, STREAM_CHAINS, streaming=True, timeout=5)
    assert await call.read() == b"first"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() is grpc.StatusCode.CANCELLED
    assert caught.value.details() == "the service changed its mind"


async def test_initial_metadata_pass_before_the_first_message(mesh: PublicMesh) -> None:
    mesh.script(hang)
    call = begun(mesh.public, STREAM_CHAINS, streaming=True, timeout=5)
    async with asyncio.timeout(10):
        assert tuple(await call.initial_metadata()) == (("begun", "yes"),)
    call.cancel()


async def test_every_one_of_many_streams_gets_its_own_messages_in_order(mesh: PublicMesh) -> None:
    async def count(request: bytes, context: Context) -> None:
        for number in range(10):
            await context.write(b"%s:%d" % (request, number))
            await asyncio.sleep(0)

    async def read(name: bytes) -> list[bytes]:
        call = begun(mesh.public, STREAM_CHAINS, name, streaming=True, timeout=30)
        return [message async for message in call]

    mesh.script(count)
    names = [b"stream %d" % number for number in range(STREAMS)]
    read_by_each = await asyncio.gather(*(read(name) for name in names))
    assert read_by_each == [[b"%s:%d" % (name, n) for n in range(10)] for name in names]


async def test_more_streams_are_open_at_once_than_grpcs_usual_hundred(mesh: PublicMesh) -> None:
    mesh.script(hang)
    with ExitStack() as calls:
        for _ in range(STREAMS):
            calls.callback(begun(mesh.public, STREAM_CHAINS, streaming=True).cancel)
        await reached(mesh.services["enrichment"], calls=STREAMS)
        assert mesh.concurrency.streams.admitted == STREAMS


async def test_a_slow_reader_slows_its_service_and_nobody_else(mesh: PublicMesh) -> None:
    written = 0

    async def flood(request: bytes, context: Context) -> None:
        nonlocal written
        while request == b"flood":
            await context.write(bytes(100_000))
            written += 1

    async def writes() -> int:
        before = written
        await asyncio.sleep(0.2)
        return written - before

    mesh.script(flood)
    stalled = begun(mesh.public, STREAM_CHAINS, b"flood", streaming=True, timeout=30)
    assert await stalled.read()
    assert await eventually(writes, lambda more: more == 0) == 0
    # What the windows of two connections hold, and not all that the service could say.
    assert written < 200
    async with asyncio.timeout(10):
        other = begun(mesh.public, STREAM_CHAINS, b"nothing", streaming=True, timeout=5)
        assert await other.read() is grpc.aio.EOF
    stalled.cancel()


async def test_an_edge_that_drains_ends_streams_with_advice_and_lets_calls_finish(
    mesh: PublicMesh,
) -> None:
    finish = asyncio.Event()

    async def finishing(_: bytes, __: Context) -> bytes:
        await finish.wait()
        return b"finished"

    mesh.script(hang)
    mesh.services["feed"].script = finishing
    async with AsyncExitStack() as stack:
        edge = AsyncExitStack()
        port = await edge.enter_async_context(another_edge(mesh))
        channel = await stack.enter_async_context(plain_channel(f"127.0.0.1:{port}"))
        stream = begun(channel, STREAM_CHAINS, streaming=True)
        call = begun(channel, GET_FEED_STATUS, streaming=False)
        await reached(mesh.services["enrichment"])
        await reached(mesh.services["feed"])
        leaving = asyncio.create_task(edge.aclose())
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stream.read()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert reason_of(caught.value) == "DRAINING"
        assert any(isinstance(d, error_details_pb2.RetryInfo) for d in details_of(caught.value))
        finish.set()
        assert await call == b"finished"
        await leaving
    await mesh.services["enrichment"].cancelled.wait()


class SlowKeys:
    """Exchanges keys when it is told to."""

    def __init__(self) -> None:
        self.asked, self.answering = asyncio.Event(), asyncio.Event()

    async def token_for(self, api_key: str) -> str:
        """See KeyExchange."""
        self.asked.set()
        await self.answering.wait()
        return f"token of {api_key}"


async def test_a_stream_whose_key_is_being_exchanged_when_an_edge_drains_ends_as_well(
    mesh: PublicMesh,
) -> None:
    keys = SlowKeys()
    mesh.script(hang)
    async with AsyncExitStack() as stack:
        edge = AsyncExitStack()
        port = await edge.enter_async_context(another_edge(mesh, Credentials(keys)))
        channel = await stack.enter_async_context(plain_channel(f"127.0.0.1:{port}"))
        metadata = (("x-api-key", "key"),)
        stream = begun(channel, STREAM_CHAINS, streaming=True, metadata=metadata, timeout=30)
        await keys.asked.wait()
        leaving = asyncio.create_task(edge.aclose())
        await eventually(lambda: draining(channel), bool)
        keys.answering.set()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stream.read()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert reason_of(caught.value) == "DRAINING"
        await leaving


async def draining(channel: grpc.aio.Channel) -> bool:
    """Say whether streams are sent away."""
    stream = begun(channel, STREAM_CHAINS, streaming=True, timeout=1)
    try:
        await stream.read()
    except grpc.aio.AioRpcError as error:
        return error.code() is grpc.StatusCode.UNAVAILABLE
    finally:
        stream.cancel()
    return False
