"""How long the mesh takes to come up, and what it then occupies."""

import asyncio
import time
from pathlib import Path

import psutil
from benchmarks.mesh import measured_mesh
from benchmarks.report import Figure

_REST_SECONDS = 5.0
_MEGABYTE = 1024 * 1024


async def footprint(folder: Path) -> list[Figure]:
    """Measure a mesh as `deltastream up` starts it without further settings."""
    begun = time.perf_counter()
    async with measured_mesh(folder / "footprint") as mesh:
        ready = time.perf_counter() - begun
        await asyncio.sleep(_REST_SECONDS)
        supervisor = psutil.Process(mesh.pid)
        family = [supervisor, *supervisor.children(recursive=True)]
        resident = [process.memory_info().rss / _MEGABYTE for process in family]
    return [
        Figure(name="start to ready", value=ready, unit="s", wanted="at most 15"),
        Figure(
            name=f"resident memory of all {len(family)} processes",
            value=sum(resident),
            unit="MB",
            wanted="at most 700",
        ),
    ]
