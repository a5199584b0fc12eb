"""Every role is replaced in turns, under 300 requests a second and 100 streams.

Passes when no request fails, no stream has a gap, and the command that did it exits with 0.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from tests.faults.case import Case
from tests.faults.history import History, following
from tests.faults.latencies import Latencies
from tests.faults.ledger import Differences, compare
from tests.faults.mesh import FaultMesh, running_mesh
from tests.faults.questions import QUESTIONS, Question
from tests.faults.stage import Stage, staged
from tests.faults.trial import Trial

_REQUESTS_PER_SECOND: Final = 300.0
_STREAMS: Final = 100
_PER_SECOND: Final = 16.0
_RESTART_SECONDS: Final = 180.0
_TIMEOUT: Final = aiohttp.ClientTimeout(total=15.0)
# A server may close an idle connection in the moment in which it is used again, and HTTP/1.1 knows
# no word for it: its clients ask again what may be asked twice (RFC 9112, section 9.3.1), as
# aiohttp does by itself for GET. It must be rare: most are told to leave before.
_CLOSED_UNDER_IT: Final = {
    error.__name__ for error in (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)
}
_ASKED_AGAIN: Final = 0.005
_QUESTIONS: Final = [question for question in QUESTIONS if question.role != "edge"]


@dataclass(slots=True)
class _Requests:
    """What came of the requests.

    Attributes:
        outcomes: how often each status, or error without one, came.
        asked_again: how many met a connection that was being closed.
        explanations: what was said of each failure.
        latencies: of all.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    asked_again: int = 0
    explanations: list[str] = field(default_factory=list)
    latencies: Latencies = field(default_factory=Latencies)

    @property
    def failed(self) -> int:
        """How many did not succeed."""
        return self.outcomes.total() - self.outcomes["200"]

    @property
    def refused(self) -> int:
        """How many were told to come again later: 429 and 503."""
        later = (name for name in self.outcomes if name.startswith(("429", "503")))
        return sum(self.outcomes[name] for name in later)


async def _run(trial: Trial) -> None:
    async with (
        running_mesh(trial) as mesh,
        staged(
            trial, mesh, per_second=trial.rate(_PER_SECOND), subscribers=mesh.subscribers
        ) as stage,
        _streaming(mesh, stage) as histories,
    ):
        async with _requesting(mesh, trial.rate(_REQUESTS_PER_SECOND)) as requests:
            await asyncio.sleep(3.0)
            for _ in range(trial.choose(short=1, long=3)):
                await _restart(trial, mesh)
            await asyncio.sleep(3.0)
        outcomes = ", ".join(f"{count} x {name}" for name, count in requests.outcomes.items())
        # Refusals, with Retry-After, come of waiting longer than the edge is patient.
        trial.demand(
            "requests that failed otherwise than by being refused",
            f"{requests.failed - requests.refused}: {outcomes}",
            holds=requests.failed == requests.refused,
        )
        trial.demand_time(
            "requests refused (at most 0)", requests.refused, holds=not requests.refused
        )
        trial.demand_time(
            f"requests asked again (at most {_ASKED_AGAIN:.1%})",
            requests.asked_again,
            holds=requests.asked_again <= _ASKED_AGAIN * requests.outcomes.total(),
        )
        for explanation in requests.explanations[:3]:
            trial.note("not answered", explanation)
        trial.note("requests", requests.latencies)
        stage.source.stop()
        await stage.goes_quiet(histories)
        gaps = sum((_gaps(stage, history) for history in histories), Differences())
        trial.no_differences({f"{_STREAMS} streams together": gaps})
        ends = sum((Counter(history.failures) for history in histories), Counter[str]())
        resets = sum(history.resets for history in histories)
        trial.demand("resets of streams", resets, holds=resets == 0)
        trial.note("streams ended", ", ".join(f"{n} {name}" for name, n in ends.items()) or "none")


async def _restart(trial: Trial, mesh: FaultMesh) -> None:
    before = {role: mesh.process(role).pid for role in mesh.grpc if role != "public"}
    status, said = await mesh.command(
        "restart", "--data-dir", str(mesh.data_dir), seconds=_RESTART_SECONDS
    )
    replaced = sum(mesh.process(role).pid != pid for role, pid in before.items())
    trial.demand(
        "the restart",
        f"exit status {status}, {replaced} of {len(before)} roles replaced",
        holds=status == 0 and replaced == len(before),
    )
    if status:
        trial.note("it said", said[-1000:])


@asynccontextmanager
async def _streaming(mesh: FaultMesh, stage: Stage) -> AsyncIterator[list[History]]:
    """Be 100 subscribers of a product each, by the public address."""
    async with AsyncExitStack() as stack:
        followers = [
            following(
                mesh.places.public_grpc,
                [stage.symbols[number % len(stage.symbols)]],
                name=f"stream {number}",
            )
            for number in range(_STREAMS)
        ]
        yield [await stack.enter_async_context(follower) for follower in followers]


def _gaps(stage: Stage, history: History) -> Differences:
    """Compare from the first event that the stream brought: it began among others."""
    (product,) = history.sequences
    first = min(history.sequences[product])
    return compare(stage.ledger.since(product, first), history.sequences)


@asynccontextmanager
async def _requesting(mesh: FaultMesh, per_second: float) -> AsyncIterator[_Requests]:
    """Ask so many times a second, whether answers come or not."""
    requests = _Requests()
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(mesh.http, timeout=_TIMEOUT, connector=connector) as session,
        asyncio.TaskGroup() as group,
    ):
        asking = group.create_task(_ask_at_rate(group, session, requests, per_second))
        yield requests
        asking.cancel()


async def _ask_at_rate(
    group: asyncio.TaskGroup, session: aiohttp.ClientSession, requests: _Requests, per_second: float
) -> None:
    clock = asyncio.get_running_loop().time
    begun, asked = clock(), 0
    while True:
        for number in range(asked, int((clock() - begun) * per_second)):
            group.create_task(_ask(session, _QUESTIONS[number % len(_QUESTIONS)], requests))
            asked += 1
        await asyncio.sleep(1.0 / per_second)


async def _ask(session: aiohttp.ClientSession, question: Question, requests: _Requests) -> None:
    clock = asyncio.get_running_loop().time
    begun = clock()
    outcome, said = await _answer(session, question)
    if outcome in _CLOSED_UNDER_IT:
        requests.asked_again += 1
        outcome, said = await _answer(session, question)
    if outcome != "200":
        requests.explanations.append(f"{outcome} of {question.role}: {said[:300]}")
    requests.outcomes[outcome if outcome == "200" else f"{outcome} of {question.role}"] += 1
    requests.latencies.add_seconds(clock() - begun)


async def _answer(session: aiohttp.ClientSession, question: Question) -> tuple[str, str]:
    """Return the status, or the kind of error, and what was said."""
    try:
        async with question.ask(session) as response:
            return str(response.status), await response.text()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return type(error).__name__, str(error)


CASE = Case(
    name="rolling-restart",
    fault="`deltastream restart` under 300 requests/s and 100 streams",
    criterion="0 failed idempotent calls, 0 gaps, exit 0",
    run=_run,
    broken=("stops-first", "no-drain"),
)
