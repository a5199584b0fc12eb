"""kill -9 of enrichment, again and again, at 500 chains a second.

Passes when nothing is lost, stored twice, delivered twice or delivered out of order, new events
flow less than 3 s after each kill, and the backlog is normal less than 2 s later.
"""

from typing import Final

from tests.faults.case import Case
from tests.faults.mesh import running_mesh
from tests.faults.stage import staged
from tests.faults.trial import Trial
from tests.faults.waiting import pause_until

_PER_SECOND: Final = 500.0
# One that dies again sooner than this is started again later and later.
APART_SECONDS: Final = 10.5
_PATIENCE_SECONDS: Final = 30.0


async def _run(trial: Trial) -> None:
    async with (
        running_mesh(trial) as mesh,
        staged(
            trial,
            mesh,
            per_second=trial.rate(_PER_SECOND),
            subscribers={"a subscriber": mesh.grpc["enrichment"]},
        ) as stage,
    ):
        largest = await stage.normal_backlog(seconds=3.0)
        # A tenth of a second's load is no backlog, however small it was before.
        normal = max(largest, int(trial.rate(_PER_SECOND) / 10.0))
        trial.note("largest backlog without a fault", f"{largest} chains; normal is {normal}")
        flowing, normal_again = [], []
        for number in range(1, trial.choose(short=6, long=20) + 1):
            killed = mesh.kill("enrichment")
            flows = await stage.goes_on(seconds=_PATIENCE_SECONDS)
            settled = await stage.backlog_at_most(normal, seconds=_PATIENCE_SECONDS)
            flowing.append(flows - killed)
            normal_again.append(max(0.0, settled - flows))
            trial.progress(
                f"kill {number}: new events after {flowing[-1]:.2f} s,"
                f" backlog normal {normal_again[-1]:.2f} s later"
            )
            await pause_until(killed + APART_SECONDS + trial.chance.random())
        trial.at_most("new events after a kill", flowing, 3.0)
        trial.at_most("backlog normal after that", normal_again, 2.0)


CASE = Case(
    name="kill-enrichment",
    fault="kill -9 of the enrichment worker again and again, at 500 chains/s",
    criterion="0 lost, 0 duplicate, 0 out of order; new events < 3 s, backlog normal < 2 s later",
    run=_run,
    broken=("commits-before-storing", "ignores-tokens"),
)
