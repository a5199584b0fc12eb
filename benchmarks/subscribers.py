"""What many gRPC subscribers of everything cost, and how late each of them is."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from benchmarks.mesh import NEVER, measured_mesh
from benchmarks.report import Figure, percentile
from tests.fixtures.running_mesh import ROOT, RunningMesh, environment

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.channels import open_channel

_CHAINS_PER_SECOND = 50
_CHAINS = 24
_SUBSCRIBERS = 200
# Until what the server holds for all of them together is full.
_SETTLING_SECONDS = 15.0
_KILOBYTE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """What the server had used at one moment."""

    resident: int
    processor_seconds: float

    @classmethod
    def of(cls, process: psutil.Process) -> "_Cost":
        times = process.cpu_times()
        return cls(resident=process.memory_info().rss, processor_seconds=times.user + times.system)


async def subscribers(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure with 200 subscribers of all products, in a process of their own."""
    settings = {
        "DELTASTREAM_CHAIN_INTERVAL": str(_CHAINS / _CHAINS_PER_SECOND),
        "DELTASTREAM_QUOTE_INTERVAL": NEVER,
    }
    async with measured_mesh(folder / "subscribers", **settings) as mesh:
        server = psutil.Process(mesh.pid_of("enrichment"))
        await _subscribe_once(mesh)
        await asyncio.sleep(_SETTLING_SECONDS)
        alone = _Cost.of(server)
        clients = await _start_clients(mesh, seconds)
        try:
            await _line_of(clients)
            begun = _Cost.of(server)
            result = await _line_of(clients)
            ended = _Cost.of(server)
        finally:
            if clients.returncode is None:
                clients.kill()
            await clients.wait()
    return _figures(result, alone, begun, ended, seconds)


async def _subscribe_once(mesh: RunningMesh) -> None:
    """Let the server load what its first request needs: no subscriber after it costs that."""
    async with open_channel(
        mesh.grpc["enrichment"], service="enrichment", subscriber=True
    ) as channel:
        call = EnrichmentServiceStub(channel).StreamChains(pb.StreamChainsRequest())
        try:
            async for frame in call:
                if frame.HasField("caught_up"):
                    return
        finally:
            call.cancel()


async def _start_clients(mesh: RunningMesh, seconds: float) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.subscriber_clients",
        mesh.grpc["enrichment"],
        str(_SUBSCRIBERS),
        str(seconds),
        cwd=ROOT,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )


async def _line_of(clients: asyncio.subprocess.Process) -> dict[str, Any]:
    """Read the next thing that the clients say: that all are subscribed, then what they got."""
    assert clients.stdout is not None  # noqa: S101 - it was asked for
    said: dict[str, Any] = json.loads(await clients.stdout.readline())
    return said


def _figures(
    result: dict[str, Any], alone: _Cost, begun: _Cost, ended: _Cost, seconds: float
) -> list[Figure]:
    latencies: Sequence[float] = result["latencies"]
    name = f"{_SUBSCRIBERS} gRPC subscribers at {_CHAINS_PER_SECOND} chains/s"
    expected = _SUBSCRIBERS * _CHAINS_PER_SECOND * seconds
    used = ended.processor_seconds - begun.processor_seconds
    return [
        Figure(name=f"{name}: latency, p50", value=1e3 * percentile(latencies, 0.5), unit="ms"),
        Figure(
            name=f"{name}: latency, p99",
            value=1e3 * percentile(latencies, 0.99),
            unit="ms",
            wanted="at most 100",
        ),
        Figure(
            name=f"{name}: memory of the server, each",
            value=(ended.resident - alone.resident) / _SUBSCRIBERS / _KILOBYTE,
            unit="kB",
            wanted="at most 200",
        ),
        Figure(
            name=f"{name}: chains delivered, of those enriched",
            value=100 * result["chains"] / expected,
            unit="%",
        ),
        Figure(name=f"{name}: frames to all", value=result["frames"] / seconds, unit="frames/s"),
        Figure(name=f"{name}: processor of the server", value=100 * used / seconds, unit="%"),
        Figure(
            name=f"{name}: processor of the clients",
            value=100 * result["processor_seconds"] / seconds,
            unit="%",
        ),
    ]
