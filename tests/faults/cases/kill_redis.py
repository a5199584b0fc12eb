"""kill -9 of Redis, whose append-only file is synced each second.

Passes when nothing that it had acknowledged is lost, and the feed's writer and every subscriber
go on less than 3 s after each kill.
"""

from typing import Final

from tests.faults.case import Case
from tests.faults.cases.kill_enrichment import APART_SECONDS
from tests.faults.mesh import running_mesh
from tests.faults.prober import probing
from tests.faults.stage import staged
from tests.faults.trial import Trial
from tests.faults.waiting import pause_until

_PER_SECOND: Final = 200.0
_PATIENCE_SECONDS: Final = 30.0


async def _run(trial: Trial) -> None:
    async with (
        running_mesh(trial) as mesh,
        staged(
            trial, mesh, per_second=trial.rate(_PER_SECOND), subscribers=mesh.subscribers
        ) as stage,
        probing(mesh.http) as probes,
    ):
        writing, flowing = [], []
        for number in range(1, trial.choose(short=5, long=10) + 1):
            killed = mesh.kill("redis")
            writes = await stage.publishes(seconds=_PATIENCE_SECONDS)
            flows = await stage.goes_on(seconds=_PATIENCE_SECONDS)
            writing.append(writes - killed)
            flowing.append(flows - killed)
            trial.progress(
                f"kill {number}: acknowledged after {writing[-1]:.2f} s,"
                f" delivered after {flowing[-1]:.2f} s"
            )
            await pause_until(killed + APART_SECONDS + trial.chance.random())
        trial.at_most("writers resume", writing, 3.0)
        trial.at_most("new events delivered", flowing, 3.0)
        probes.judge(trial)


CASE = Case(
    name="kill-redis",
    fault="kill -9 of Redis, 5 times (AOF everysec)",
    criterion="0 acknowledged lost; writers resume, and new events arrive, < 3 s",
    run=_run,
    broken=("redis-forgets",),
)
