"""How long the mesh takes to come up, and what it occupies at rest and under load."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from benchmarks.mesh import measured_mesh
from benchmarks.report import Figure
from benchmarks.throughput import chains
from tests.fixtures.running_mesh import RunningMesh

from deltastream.runtime.roles import ROLES

_REST_SECONDS = 5.0
_LOAD_SECONDS = 15.0
_CHAINS_PER_SECOND = 800.0
_MEGABYTE = 1024 * 1024
_PROCESSES = (*(role.name for role in ROLES), "redis")


async def footprint(folder: Path) -> list[Figure]:
    """Measure a mesh as `deltastream up` starts it without further settings, then a busy one."""
    begun = time.perf_counter()
    async with measured_mesh(folder / "footprint") as mesh:
        ready = time.perf_counter() - begun
        await asyncio.sleep(_REST_SECONDS)
        figures = [
            Figure(name="start to ready", value=ready, unit="s", wanted="at most 15"),
            *_of_all(mesh),
            *_of_each(mesh, "at rest"),
        ]
    async with measured_mesh(folder / "busy", **chains(_CHAINS_PER_SECOND).settings) as mesh:
        await asyncio.sleep(_LOAD_SECONDS)
        return [*figures, *_of_each(mesh, f"at {_CHAINS_PER_SECOND:.0f} chains/s")]


def _of_all(mesh: RunningMesh) -> Iterator[Figure]:
    supervisor = psutil.Process(mesh.pid)
    family = [supervisor, *supervisor.children(recursive=True)]
    name = f"resident memory of all {len(family)} processes"
    yield _figure(name, sum(map(_resident, family)), wanted="at most 700")
    yield _figure(f"{name}, shared pages counted once", sum(map(_proportional, family)))


def _of_each(mesh: RunningMesh, when: str) -> Iterator[Figure]:
    for role in _PROCESSES:
        process = psutil.Process(mesh.pid_of(role))
        yield _figure(f"resident memory of {role} {when}", _resident(process))


def _resident(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def _proportional(process: psutil.Process) -> int:
    return int(process.memory_full_info().pss)


def _figure(name: str, occupied: int, *, wanted: str = "") -> Figure:
    return Figure(name=name, value=occupied / _MEGABYTE, unit="MB", wanted=wanted)
