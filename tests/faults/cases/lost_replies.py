"""A wire between everybody and Redis loses one reply in a hundred.

What a lost reply answered was done. TCP delivers nothing behind a hole, so the connection is deaf
from then on, and its user finds out by waiting in vain. Passes when nothing is lost, twice or out
of order, and the pools have not grown.
"""

import asyncio
from typing import Final

from tests.faults.case import Case
from tests.faults.mesh import running_mesh
from tests.faults.proxy import fault_proxy, to_url
from tests.faults.stage import staged
from tests.faults.trial import Trial

from deltastream.runtime.embedded_redis import EmbeddedRedis

_PER_SECOND: Final = 50.0
_SHARE: Final = 0.01
_QUIET_SECONDS: Final = 5.0
# Pools open a further connection when two callers happen to meet, and keep it: one a process.
_SPARE: Final = 6


async def _run(trial: Trial) -> None:
    redis = EmbeddedRedis(folder=trial.folder / "redis", socket=trial.folder / "redis.sock")
    async with (
        redis,
        fault_proxy(to_url(redis.url), seed=trial.seed, replies=True) as wire,
        running_mesh(
            trial,
            bus_url=redis.url,
            DELTASTREAM_BUS_URL=f"redis://{wire.address}/0",
            DELTASTREAM_CACHE_URL=f"redis://{wire.address}/1",
        ) as mesh,
    ):
        async with staged(
            trial,
            mesh,
            per_second=trial.rate(_PER_SECOND),
            subscribers=mesh.subscribers,
            bus_url=f"redis://{wire.address}/0",
        ):
            await asyncio.sleep(_QUIET_SECONDS)
            before = len(wire.connections)
            wire.faults.reply_loss = _SHARE
            await asyncio.sleep(trial.choose(short=30.0, long=120.0))
            during = len(wire.connections)
            wire.heal()
            await asyncio.sleep(_QUIET_SECONDS)
            after = len(wire.connections)
        trial.note("replies lost", wire.lost_replies)
        trial.demand(
            f"connections to Redis (at most {_SPARE} more than before)",
            f"{before} before, {during} during, {after} after; {wire.opened} opened in all",
            holds=wire.lost_replies > _SPARE and after <= before + _SPARE,
        )


CASE = Case(
    name="lost-replies",
    fault="a TCP proxy swallows 1 % of Redis replies",
    criterion="0 lost, 0 duplicate, 0 out of order; pool size back to start",
    run=_run,
    broken=("repetitions-are-news",),
)
