"""SIGSTOP of one of two enrichment replicas for 10 s, then SIGCONT; and kill -9 of one.

Passes when the other takes over its products in less than 2 s, and what the frozen one does when
it wakes is refused or harmless: nothing is lost, twice or out of order.
"""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Final

import grpc
import psutil
from tests.faults.case import Case
from tests.faults.cases.kill_enrichment import APART_SECONDS
from tests.faults.history import History
from tests.faults.mesh import FaultMesh, address_of, running_mesh
from tests.faults.stage import Stage, staged
from tests.faults.trial import Trial
from tests.faults.waiting import moment_when, pause_until

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub

_FROZEN_SECONDS: Final = 10.0
_REPLICAS: Final = 2
_PER_SECOND: Final = 200.0
_PATIENCE_SECONDS: Final = 30.0
# Some tenths of a second's work, so that a replica freezes in the middle of a batch and publishes
# it when it wakes.
_SURGE: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replica:
    """One of the two, and the subscriber that is connected to the other one.

    Attributes:
        address: where it listens, under whatever process id.
    """

    mesh: FaultMesh
    address: str
    other: History

    @property
    def process(self) -> psutil.Process:
        """Its process now."""
        for process in self.mesh.processes("enrichment"):
            if address_of(process) == self.address:
                return process
        raise LookupError(f"nobody listens on {self.address}")

    async def stands_still(self, stage: Stage) -> float:
        """Return how long from now until every product has something new for the other one."""
        now, begun = time.time_ns() // 1000, asyncio.get_running_loop().time()
        flows = await self.other.goes_on(stage.symbols, after=now, seconds=_PATIENCE_SECONDS)
        return flows - begun


async def _run(trial: Trial) -> None:
    async with running_mesh(trial, "--replicas", str(_REPLICAS)) as mesh:
        addresses = [address_of(process) for process in mesh.processes("enrichment")]
        names = [f"a subscriber of replica {number}" for number in (1, 2)]
        subscribers = dict(zip(names, addresses, strict=True))
        async with staged(
            trial, mesh, per_second=trial.rate(_PER_SECOND), subscribers=subscribers
        ) as stage:
            replicas = [
                _Replica(mesh=mesh, address=address, other=other)
                for address, other in zip(addresses, reversed(stage.histories), strict=True)
            ]
            rounds = [replicas[at % 2] for at in range(trial.choose(short=2, long=6))]
            frozen = [await _freeze(stage, replica) for replica in rounds]
            killed = [await _kill(stage, replica) for replica in rounds]
            trial.at_most("products of a frozen replica flow again", frozen, 2.0)
            trial.at_most("products of a killed replica flow again", killed, 2.0)


async def _shared(stage: Stage, mesh: FaultMesh) -> None:
    """Wait until both replicas work, each on some of the generator's products."""
    async with grpc.aio.insecure_channel(mesh.places.public_grpc) as channel:
        enrichment = EnrichmentServiceStub(channel)

        async def both_work() -> bool:
            try:
                status = await enrichment.GetEnrichmentStatus(pb.GetEnrichmentStatusRequest())
            except grpc.aio.AioRpcError:
                return False
            ours = {each.replica for each in status.products if each.product in stage.symbols}
            return len(ours) == _REPLICAS and "" not in ours

        shared = await moment_when(both_work, seconds=_PATIENCE_SECONDS, every=0.1)
    flows = await stage.goes_on(seconds=_PATIENCE_SECONDS)
    if math.isinf(shared) or math.isinf(flows):
        raise RuntimeError("the replicas do not share the products again")


async def _freeze(stage: Stage, replica: _Replica) -> float:
    """Freeze a replica and thaw it; return how long its products stood still."""
    await _shared(stage, replica.mesh)
    process = replica.process
    await _has_work_in_hand(stage)
    begun = asyncio.get_running_loop().time()
    process.suspend()
    try:
        seconds = await replica.stands_still(stage)
        stage.trial.progress(f"frozen: all products flow after {seconds:.2f} s")
        await pause_until(begun + _FROZEN_SECONDS)
    finally:
        process.resume()
    return seconds


async def _has_work_in_hand(stage: Stage) -> None:
    """Return when the replicas are busy with more than they can take at once."""
    stage.source.surge(_SURGE)

    async def is_busy() -> bool:
        return await stage.backlog() > _SURGE / 2

    if math.isinf(await moment_when(is_busy, seconds=_PATIENCE_SECONDS, every=0.005)):
        raise RuntimeError("the replicas were done before they could be frozen")


async def _kill(stage: Stage, replica: _Replica) -> float:
    """Kill a replica; return how long its products stood still."""
    await _shared(stage, replica.mesh)
    begun = asyncio.get_running_loop().time()
    replica.process.kill()
    seconds = await replica.stands_still(stage)
    stage.trial.progress(f"killed: all products flow after {seconds:.2f} s")
    await pause_until(begun + APART_SECONDS + stage.trial.chance.random())
    return seconds


CASE = Case(
    name="freeze-enrichment",
    fault="SIGSTOP of one of two enrichment replicas for 10 s, then CONT; kill -9 of one",
    criterion="late writes refused or harmless (0 lost, duplicate, out of order); taken over < 2 s",
    run=_run,
    broken=("leases-never-end", "late-writes-pass"),
)
