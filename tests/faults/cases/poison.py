"""A build chokes on one event among 10,000: a dead letter, which a mended build replays.

Passes when the event is dead-lettered after 5 tries, all others are delivered on time, and
replaying it twice after the repair stores it exactly once.
"""

from typing import Any, Final

import grpc
from tests.faults.broken.apply import BrokenTree, copied_tree
from tests.faults.broken.mutations import CHOKES_ON_POISON
from tests.faults.case import Case
from tests.faults.mesh import FaultMesh, running_mesh
from tests.faults.stage import Stage, staged
from tests.faults.trial import Trial
from tests.faults.waiting import moment_when

from deltastream.commands.operator_token import operator_token
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub

_PER_SECOND: Final = 400.0
_EVENTS: Final = 10_000
_TRIES: Final = 5
_ON_TIME_SECONDS: Final = 2.0
_PATIENCE_SECONDS: Final = 30.0


async def _run(trial: Trial) -> None:
    with copied_tree(trial.tree) as tree:
        tree.apply(CHOKES_ON_POISON)
        trial.tree = tree.folder
        async with (
            running_mesh(trial) as mesh,
            staged(
                trial,
                mesh,
                per_second=trial.rate(_PER_SECOND),
                subscribers={"a subscriber": mesh.grpc["enrichment"]},
            ) as stage,
            grpc.aio.insecure_channel(mesh.grpc["enrichment"]) as channel,
        ):
            enrichment = EnrichmentServiceStub(channel)
            await _poison(stage, mesh, enrichment)
            await _repair(mesh, tree, stage)
            await _replay_twice(trial, mesh, enrichment)


async def _poison(stage: Stage, mesh: FaultMesh, enrichment: Any) -> None:
    """Publish 10,000 events, one of them poisonous; see what becomes of it and of the others."""
    trial = stage.trial
    stage.source.poison_next()

    async def published() -> bool:
        return stage.ledger.count >= _EVENTS

    await moment_when(
        published, seconds=_EVENTS / trial.rate(_PER_SECOND) * 2.0 + _PATIENCE_SECONDS
    )
    letters = await _letters(mesh, enrichment)
    shown = ", ".join(f"{e.product} after {e.deliveries} tries" for e in letters)
    trial.demand(
        f"one dead letter, after {_TRIES} tries",
        f"{len(letters)}: {shown}",
        holds=len(letters) == 1 and letters[0].deliveries == _TRIES,
    )
    for letter in letters:
        # Whoever streams never goes back: a replayed event is for the store alone.
        stage.store_only(letter.product, letter.event_sequence)
    delays = [delay for history in stage.histories for delay in history.delays.values()]
    trial.at_most("the longest that any other event took", delays, _ON_TIME_SECONDS)


async def _repair(mesh: FaultMesh, tree: BrokenTree, stage: Stage) -> None:
    """Run enrichment from mended sources."""
    tree.mend(CHOKES_ON_POISON)
    mesh.kill("enrichment")
    await stage.goes_on(seconds=_PATIENCE_SECONDS)


async def _letters(mesh: FaultMesh, enrichment: Any) -> Any:
    answer = await enrichment.ListDeadLetters(
        pb.ListDeadLettersRequest(), metadata=_as_operator(mesh)
    )
    return answer.dead_letters


def _as_operator(mesh: FaultMesh) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {operator_token(mesh.data_dir)}")]


async def _replay_twice(trial: Trial, mesh: FaultMesh, enrichment: Any) -> None:
    request = pb.ReplayDeadLettersRequest()
    counts = []
    for _ in range(2):
        answer = await enrichment.ReplayDeadLetters(
            request, timeout=_PATIENCE_SECONDS, metadata=_as_operator(mesh)
        )
        counts.append(f"{answer.replayed} replayed, {len(answer.failures)} failed")
    left = await _letters(mesh, enrichment)
    trial.demand(
        "replayed twice after the repair",
        f"{'; '.join(counts)}; {len(left)} letters left",
        holds=counts == ["1 replayed, 0 failed", "0 replayed, 0 failed"] and not left,
    )


CASE = Case(
    name="poison",
    fault="a poison message among 10,000",
    criterion="dead-lettered after 5 tries, the rest on time (< 2 s); replay twice: 0 duplicate",
    run=_run,
    broken=("one-try", "forgets-letters", "keeps-letters"),
)
