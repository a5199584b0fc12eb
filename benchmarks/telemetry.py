"""What tracing costs: CPU time for each chain on its way from feed to storage.

The mesh runs with tracing off, at its default ratio and with every trace recorded, in turns,
because the machine is not always as quick. Metrics are counted in all of them. What a collector
costs, which stands elsewhere, is not counted.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil
from benchmarks.mesh import measured_mesh, published
from benchmarks.report import Figure
from benchmarks.throughput import chains
from tests.fixtures.otlp_collector import collecting
from tests.fixtures.running_mesh import RunningMesh

ROLES = ("feed", "enrichment", "storage", "redis")
MODES = {"off": None, "on": "", "on for every event": "1"}
WARM_UP_SECONDS = 5.0
_RATE = 800.0
_ROUNDS = 3


@asynccontextmanager
async def mesh_with(mode: str, folder: Path) -> AsyncIterator[RunningMesh]:
    """Start a mesh under load, traced in one of the ways."""
    ratio, settings = MODES[mode], dict(chains(_RATE).settings)
    async with AsyncExitStack() as stack:
        if ratio is not None:
            collector = await stack.enter_async_context(collecting())
            settings["DELTASTREAM_OTLP_ENDPOINT"] = collector.endpoint
        if ratio:
            settings["DELTASTREAM_TRACE_RATIO"] = ratio
        yield await stack.enter_async_context(measured_mesh(folder, **settings))


async def chains_published(mesh: RunningMesh) -> int:
    return sum(int(status.chains) for status in (await published(mesh)).values())


def seconds_used(mesh: RunningMesh) -> Mapping[str, float]:
    """Return the CPU time of each role until now."""
    times = {role: psutil.Process(mesh.pid_of(role)).cpu_times() for role in ROLES}
    return {role: used.user + used.system for role, used in times.items()}


async def measured(mode: str, folder: Path, *, seconds: float) -> Mapping[str, float]:
    """Return the microseconds of CPU time for a chain, by role."""
    async with mesh_with(mode, folder) as mesh:
        await asyncio.sleep(WARM_UP_SECONDS)
        count, used = await chains_published(mesh), seconds_used(mesh)
        await asyncio.sleep(seconds)
        count, later = await chains_published(mesh) - count, seconds_used(mesh)
        return {role: (later[role] - used[role]) / count * 1e6 for role in ROLES}


async def telemetry(folder: Path, *, seconds: float) -> list[Figure]:
    """Compare the CPU time for a chain with tracing off, on and on for everything, in turns."""
    found: dict[str, list[float]] = {mode: [] for mode in MODES}
    for turn in range(_ROUNDS):
        for number, mode in enumerate(MODES):
            used = await measured(mode, folder / f"{turn}-{number}", seconds=seconds)
            found[mode].append(sum(used.values()))
    # The least: whatever else the machine does can only add to it.
    off = min(found["off"])
    return [
        Figure(
            name=f"CPU time for a chain from feed to store, tracing {mode}",
            value=min(times),
            unit="µs",
            wanted="" if mode == "off" else f"{min(times) / off - 1:+.1%}; at most +8 % by default",
        )
        for mode, times in found.items()
    ]
