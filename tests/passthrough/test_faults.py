"""A service that dies or freezes is noticed, and used again when it is back."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2
from tests.fixtures.eventually import eventually
from tests.fixtures.free_port import free_port
from tests.fixtures.grpc_loopback import details_of, reason_of
from tests.fixtures.running_mesh import environment
from tests.passthrough.public_mesh import STREAM_CHAINS, PublicMesh, public_mesh, recording
from tests.passthrough.recording import Recorder, begun
from tests.passthrough.service_process import SERVICE, answer

from deltastream.runtime.health import Health

ROOT = Path(__file__).parents[2]
START_SECONDS = 20.0
NOTICED_SECONDS = 6.0
UNARY = f"/{SERVICE}/GetEnrichmentStatus"


@asynccontextmanager
async def service_process() -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.passthrough.service_process", str(free_port())),
        env=environment(DELTASTREAM_LOG_LEVEL="error"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            while not (line := await process.stdout.readline()).strip().isdigit():
                assert line, "the service ended"
        yield process, int(line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def in_stream(mesh: PublicMesh) -> grpc.aio.UnaryStreamCall[bytes, bytes]:
    call: grpc.aio.UnaryStreamCall[bytes, bytes] = begun(
        mesh.public, STREAM_CHAINS, b"stream", streaming=True
    )
    assert await call.read() == b"first"
    return call


async def ends_as_away(call: grpc.aio.UnaryStreamCall[bytes, bytes], *, within: float) -> None:
    async with asyncio.timeout(within):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert reason_of(caught.value) == "DEPENDENCY_UNAVAILABLE"
    assert any(isinstance(d, error_details_pb2.RetryInfo) for d in details_of(caught.value))


async def test_a_killed_service_ends_its_streams_and_is_used_again_when_it_is_back() -> None:
    async with (
        service_process() as (process, port),
        public_mesh(addresses={"enrichment": f"127.0.0.1:{port}"}) as mesh,
    ):
        call = await in_stream(mesh)
        process.kill()
        await ends_as_away(call, within=1)
        # Its connections end a moment before its port is free.
        await process.wait()
        # Asked while the service is away, answered when it is back.
        late = begun(mesh.public, UNARY, b"late", streaming=False, timeout=10)
        again = begun(mesh.public, STREAM_CHAINS, b"stream", streaming=True, timeout=10)
        successor = Recorder(SERVICE, frozenset({STREAM_CHAINS}), answer)
        async with recording(successor, Health(services=(SERVICE,), probes={}), port):
            assert await late == b"late"
            assert await again.read() == b"first"
            again.cancel()
            await eventually(partial(mesh.health_of, SERVICE), "SERVING".__eq__)


async def test_a_frozen_service_is_noticed_in_six_seconds() -> None:
    async with (
        service_process() as (process, port),
        public_mesh(addresses={"enrichment": f"127.0.0.1:{port}"}) as mesh,
    ):
        call = await in_stream(mesh)
        process.send_signal(signal.SIGSTOP)
        try:
            await ends_as_away(call, within=NOTICED_SECONDS)
        finally:
            process.send_signal(signal.SIGCONT)
