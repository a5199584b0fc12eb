"""Five times as many requests as can be answered.

Passes when at least 80 % of the peak are still answered, the rest is refused in less than 50 ms
(median of those refused; the 99th percentile is shown), and health says SERVING all the while.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from tests.faults.case import Case
from tests.faults.flood import Plan, Report, flood
from tests.faults.latencies import Latencies
from tests.faults.mesh import FaultMesh, running_mesh
from tests.faults.questions import ENRICH
from tests.faults.trial import Trial

_CONNECTIONS: Final = 32
_TIMES: Final = 5.0
_GOODPUT: Final = 0.8
_REFUSED_WITHIN: Final = 0.05
_PATIENCE: Final = aiohttp.ClientTimeout(total=5.0)


async def _run(trial: Trial) -> None:
    async with running_mesh(trial) as mesh:
        request = _question(mesh)
        calibration = trial.choose(short=5.0, long=15.0)
        peak = await flood(_plan(mesh, request, calibration))
        at_peak = peak.outcomes.get("200", 0) / peak.seconds
        trial.note("peak", f"{at_peak:.0f} answers/s to {_CONNECTIONS} connections")
        async with _watching_health(mesh) as health:
            over = await flood(
                _plan(
                    mesh,
                    request,
                    trial.choose(short=15.0, long=60.0),
                    per_second=_TIMES * at_peak,
                )
            )
        _judge(trial, over, at_peak)
        serving = sum(status == "SERVING" for status in health)
        trial.demand(
            "health says SERVING",
            f"{serving} of {len(health)} times",
            holds=bool(health) and serving == len(health),
        )


def _judge(trial: Trial, over: Report, at_peak: float) -> None:
    good = over.outcomes.get("200", 0) / over.seconds
    asked = sum(over.outcomes.values())
    trial.note("asked", f"{asked / over.seconds:.0f}/s: {over.outcomes}")
    trial.note("answers", Latencies(seconds=over.good_seconds))
    trial.demand_time(
        f"answered (at least {_GOODPUT:.0%} of the peak)",
        f"{good:.0f}/s, {good / at_peak:.0%}",
        holds=good >= _GOODPUT * at_peak,
    )
    refused = Latencies(seconds=over.refusal_seconds)
    trial.demand_time(
        f"refused (99th percentile below {_REFUSED_WITHIN * 1e3:.0f} ms)",
        refused,
        holds=bool(refused.seconds) and refused.p99 < _REFUSED_WITHIN,
    )
    others = {s: n for s, n in over.outcomes.items() if s not in {"200", "429", "503"}}
    trial.demand("neither answered nor refused", others or "none", holds=not others)


@asynccontextmanager
async def _watching_health(mesh: FaultMesh) -> AsyncIterator[list[str]]:
    """Ask for the health of enrichment, as an orchestrator does, while the block runs."""
    seen: list[str] = []

    async def watch() -> None:
        async with aiohttp.ClientSession(mesh.http, timeout=_PATIENCE) as session:
            while True:
                try:
                    async with session.get("/health") as response:
                        seen.append((await response.json())["status"])
                except (aiohttp.ClientError, TimeoutError, OSError) as error:
                    seen.append(type(error).__name__)
                await asyncio.sleep(0.5)

    task = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _plan(mesh: FaultMesh, request: str, seconds: float, *, per_second: float = 0.0) -> Plan:
    address = urlsplit(mesh.http)
    return Plan(
        host=address.hostname or "",
        port=address.port or 0,
        request=request,
        seconds=seconds,
        per_second=per_second,
        connections=_CONNECTIONS,
    )


def _question(mesh: FaultMesh) -> str:
    body = ENRICH.body or ""
    return (
        f"POST {ENRICH.path} HTTP/1.1\r\n"
        f"Host: {urlsplit(mesh.http).netloc}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


CASE = Case(
    name="overload",
    fault="5 times the load that can be answered, for 60 s",
    criterion="goodput >= 80 % of peak, excess refused < 50 ms, health SERVING",
    run=_run,
    broken=("no-limit",),
)
