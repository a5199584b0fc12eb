"""What tracing costs: CPU time for each chain on its way from feed to storage.

`python -m benchmarks.tracing` runs the mesh with tracing off, at its default ratio and with every
trace recorded, in turns, because the machine is not always as quick. What a collector costs, which
stands elsewhere, is not counted.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psutil
from benchmarks.mesh import measured_mesh, published
from benchmarks.throughput import chains
from tests.fixtures.otlp_collector import collecting
from tests.fixtures.running_mesh import RunningMesh

ROLES = ("feed", "enrichment", "storage", "redis")
MODES = {"off": None, "default": "", "every trace": "1"}
WARM_UP_SECONDS = 5.0


@asynccontextmanager
async def mesh_with(mode: str, per_second: float) -> AsyncIterator[RunningMesh]:
    """Start a mesh whose feed has so many chains a second."""
    ratio, settings = MODES[mode], dict(chains(per_second).settings)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="deltastream-")), "data")
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


async def measured(mode: str, *, per_second: float, seconds: float) -> Mapping[str, float]:
    """Return the microseconds of CPU time for a chain, by role."""
    async with mesh_with(mode, per_second) as mesh:
        await asyncio.sleep(WARM_UP_SECONDS)
        count, used = await chains_published(mesh), seconds_used(mesh)
        await asyncio.sleep(seconds)
        count, later = await chains_published(mesh) - count, seconds_used(mesh)
        return {role: (later[role] - used[role]) / count * 1e6 for role in ROLES}


async def compare(*, per_second: float, seconds: float, rounds: int) -> None:
    found: dict[str, list[float]] = {mode: [] for mode in MODES}
    for _ in range(rounds):
        for mode in MODES:
            by_role = await measured(mode, per_second=per_second, seconds=seconds)
            found[mode].append(sum(by_role.values()))
            parts = ", ".join(f"{role} {used:.0f}" for role, used in by_role.items())
            print(f"{mode:>12}  {found[mode][-1]:6.0f} us a chain  ({parts})", flush=True)
    # The least: whatever else the machine does can only add to it.
    off = min(found["off"])
    for mode, figures in found.items():
        print(f"{mode:>12}  {min(figures):6.0f} us a chain, {min(figures) / off - 1:+.1%}")


@click.command()
@click.option("--rate", default=800.0, help="Chains a second.")
@click.option("--seconds", default=10.0, help="How long each time.")
@click.option("--rounds", default=3)
def main(rate: float, seconds: float, rounds: int) -> None:
    asyncio.run(compare(per_second=rate, seconds=seconds, rounds=rounds))


if __name__ == "__main__":
    main()
