"""One link after the other becomes a black hole: it accepts everything, and answers nothing.

Between the edge and enrichment, between storage and its callers, between everybody and Redis.
Passes when both ends of every connection under way close it in less than 6 s, and everything
resumes without a gap. Redis itself asks nobody whether he is still there, and its callers' idle
connections notice when they are used: there, the connections in use must be closed by the caller.
"""

import asyncio
import math
from typing import Final

from tests.faults.case import Case
from tests.faults.mesh import Places, running_mesh
from tests.faults.prober import probing
from tests.faults.proxy import FaultProxy, fault_proxy, to_url
from tests.faults.stage import Stage, staged
from tests.faults.trial import Trial

from deltastream.runtime.embedded_redis import EmbeddedRedis

_PER_SECOND: Final = 50.0
_NOTICE_SECONDS: Final = 6.0
_RESUME_SECONDS: Final = 10.0
_PATIENCE_SECONDS: Final = 60.0


async def _run(trial: Trial) -> None:
    places = Places()
    redis = EmbeddedRedis(folder=trial.folder / "redis", socket=trial.folder / "redis.sock")
    async with (
        redis,
        fault_proxy(to_url(redis.url), seed=trial.seed) as to_redis,
        fault_proxy(to_url(f"tcp://{places.of('storage')}"), seed=trial.seed) as to_storage,
        fault_proxy(to_url(f"tcp://{places.of('enrichment')}"), seed=trial.seed) as to_enrichment,
        running_mesh(
            trial,
            places=places,
            bus_url=redis.url,
            DELTASTREAM_BUS_URL=f"redis://{to_redis.address}/0",
            DELTASTREAM_CACHE_URL=f"redis://{to_redis.address}/1",
            DELTASTREAM_STORAGE_ADDRESS=to_storage.address,
            DELTASTREAM_ENRICHMENT_ADDRESS=to_enrichment.address,
        ) as mesh,
        staged(
            trial, mesh, per_second=trial.rate(_PER_SECOND), subscribers=mesh.subscribers
        ) as stage,
        probing(mesh.http) as probes,
    ):
        await _vanish(stage, to_enrichment, "edge and enrichment", both=True)
        await _vanish(stage, to_storage, "storage and its callers", both=True)
        await _vanish(stage, to_redis, "everybody and Redis", both=False)
        probes.judge(trial)


async def _vanish(stage: Stage, wire: FaultProxy, link: str, *, both: bool) -> None:
    """Make a link a black hole for a while, and see who notices when."""
    trial, clock = stage.trial, asyncio.get_running_loop().time
    under_way, closed_before = len(wire.connections), len(wire.closings)
    begun = clock()
    wire.black_hole()
    await asyncio.sleep(trial.choose(short=12.0, long=30.0))
    closings = [c for c in wire.closings[closed_before:] if c.swallowed and c.opened_at < begun]
    wire.heal()
    healed = clock()
    flows = await stage.goes_on(seconds=_PATIENCE_SECONDS)
    for by_client in (True, False) if both else (True,):
        end = "the caller" if by_client else "the server"
        noticed = [c.at - begun for c in closings if c.by_client == by_client]
        if both and len(noticed) < under_way:
            # Somebody still waits.
            noticed.append(math.inf)
        trial.at_most(f"{link}: {end} notices", noticed, _NOTICE_SECONDS)
    trial.at_most(f"{link}: events flow again", [flows - healed], _RESUME_SECONDS)


CASE = Case(
    name="black-hole",
    fault="one link swallows everything for 30 s: edge-enrichment, storage, Redis",
    criterion="both ends notice < 6 s; streams resume without a gap",
    run=_run,
    broken=("no-keepalive",),
)
