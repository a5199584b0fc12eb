"""kill -9 of every other role in turns, under load and under questions.

Passes when nothing is lost, twice or out of order; the edge answers 503 with Retry-After and no
other failure; and the killed role's own question is answered less than 3 s after the kill.
"""

import asyncio
import math
from collections import defaultdict
from typing import Final

from tests.faults.case import Case
from tests.faults.cases.kill_enrichment import APART_SECONDS
from tests.faults.mesh import running_mesh
from tests.faults.prober import probing
from tests.faults.stage import staged
from tests.faults.trial import Trial
from tests.faults.waiting import pause_until

_ROLES: Final = ("storage", "edge", "feed", "analytics", "auth")
_PER_SECOND: Final = 100.0
_PATIENCE_SECONDS: Final = 20.0


async def _run(trial: Trial) -> None:
    recovered: dict[str, list[float]] = defaultdict(list)
    async with (
        running_mesh(trial) as mesh,
        staged(trial, mesh, per_second=trial.rate(_PER_SECOND), subscribers=mesh.subscribers),
        probing(mesh.http) as probes,
    ):
        for _ in range(trial.choose(short=4, long=10)):
            begun = asyncio.get_running_loop().time()
            for role in _ROLES:
                killed = mesh.kill(role)
                good = await probes.recovered(role, after=killed, seconds=_PATIENCE_SECONDS)
                recovered[role].append(good - killed)
            trial.progress(
                ", ".join(f"{role} {seconds[-1]:.2f} s" for role, seconds in recovered.items())
            )
            await pause_until(begun + APART_SECONDS + trial.chance.random())
        for role, seconds in recovered.items():
            trial.at_most(f"{role} answers after a kill", seconds, 3.0)
        probes.judge(trial)
    if any(math.isinf(each) for seconds in recovered.values() for each in seconds):
        trial.note("inf", f"no answer within {_PATIENCE_SECONDS:g} s")


CASE = Case(
    name="kill-roles",
    fault="kill -9 of storage, edge, feed, analytics and auth in turns",
    criterion="0 lost, 0 duplicate, 0 out of order; 503 with Retry-After only; recovered < 3 s",
    run=_run,
    broken=("answers-too-early", "unavailable-is-internal"),
)
