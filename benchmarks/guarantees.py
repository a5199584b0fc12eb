"""What each guarantee costs: the mesh with one of them switched off, beside the mesh with all.

A guarantee is switched off in a copy of the sources, as the faults suite makes its broken builds.
The cost is CPU time of all processes a chain, which says more on a shared machine than a rate.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import psutil
from benchmarks.mesh import measured_mesh, published
from benchmarks.report import Figure, median
from benchmarks.throughput import chains
from tests.faults.broken.apply import Change, Mutation, copied_tree
from tests.fixtures.running_mesh import ROOT, RunningMesh

_CHAINS_PER_SECOND: Final = 400
_WARM_UP_SECONDS: Final = 3.0
_ROUNDS: Final = 3
_SERVICES: Final = "services/deltastream"

EVERYTHING: Final = Mutation(name="all guarantees on", mistake="", changes=())
WITHOUT: Final = (
    Mutation(
        name="without fencing",
        mistake="a frozen replica that wakes up may write",
        changes=(
            Change(
                file=f"{_SERVICES}/enrichment/worker.py",
                before="publish(entries, under=tuple(leases))",
                after="publish(entries)",
            ),
            Change(
                file=f"{_SERVICES}/enrichment/recorder.py",
                before="positions, under=tuple(leases), letters",
                after="positions, letters",
            ),
            Change(
                file=f"{_SERVICES}/feed/pump.py",
                before="self._bus.publish, entries, under=leases",
                after="self._bus.publish, entries",
            ),
        ),
    ),
    Mutation(
        name="without syncs of the market database",
        mistake="what storage acknowledged may be lost with the machine",
        changes=(
            Change(
                file=f"{_SERVICES}/adapters/sqlite/connection.py",
                before="PRAGMA synchronous = FULL",
                after="PRAGMA synchronous = OFF",
            ),
        ),
    ),
    Mutation(
        name="without the bus's append-only file",
        mistake="what the bus acknowledged is lost when Redis dies",
        changes=(
            Change(
                file=f"{_SERVICES}/runtime/embedded_redis.py",
                before='"appendonly": "yes"',
                after='"appendonly": "no"',
            ),
        ),
    ),
    Mutation(
        name="without validation of requests",
        mistake="what breaks a rule of the contract is stored",
        changes=(
            Change(
                file=f"{_SERVICES}/storage/decoding.py",
                before="if not sound_chains.certainly_sound(",
                after="if False and not sound_chains.certainly_sound(",
            ),
            Change(
                file=f"{_SERVICES}/storage/decoding.py",
                before="if sound_ticks.certainly_sound(",
                after="if True or sound_ticks.certainly_sound(",
            ),
        ),
    ),
)


async def guarantees(folder: Path, *, seconds: float) -> Sequence[Figure]:
    """Measure the mesh with all guarantees, and with all but one."""
    costs: dict[str, list[float]] = {}
    for number in range(_ROUNDS):
        # Round by round, so that a busy minute of the machine falls on all alike.
        for build in (EVERYTHING, *WITHOUT):
            place = folder / f"{number}-{build.name.replace(' ', '-')}"
            cost = await _cost(build, place, seconds=seconds)
            costs.setdefault(build.name, []).append(cost)
            click.echo(f"  {build.name}: {cost:,.0f} µs a chain")
    return [
        Figure(name=f"CPU a chain, {name}", value=median(found), unit="µs")
        for name, found in costs.items()
    ]


async def _cost(build: Mutation, folder: Path, *, seconds: float) -> float:
    """Return the CPU time of all processes a chain, in microseconds."""
    with copied_tree(ROOT) as tree:
        tree.apply(build)
        roots = ":".join(str(tree.folder / root) for root in ("gen/python", "services", "edge"))
        settings = {**chains(_CHAINS_PER_SECOND).settings, "PYTHONPATH": roots}
        async with measured_mesh(folder, **settings) as mesh:
            await asyncio.sleep(_WARM_UP_SECONDS)
            spent, sent = _spent(mesh), await _sent(mesh)
            await asyncio.sleep(seconds)
            return (_spent(mesh) - spent) / (await _sent(mesh) - sent) * 1e6


def _spent(mesh: RunningMesh) -> float:
    """Return the CPU seconds that the children of the supervisor have taken."""
    times = [child.cpu_times() for child in psutil.Process(mesh.pid).children()]
    return sum(each.user + each.system for each in times)


async def _sent(mesh: RunningMesh) -> int:
    return sum(product.chains for product in (await published(mesh)).values())
