"""What one edge passes on to many Socket.IO clients, and how late it arrives.

The edge is offered more and more updates a second until it cannot pass all of them on. What it
does then is what it can do, where the clients leave it a core to itself; its processor time says
what it could.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.lone_edge import lone_edge
from benchmarks.processes import line_of, processor_seconds, python, said_by
from benchmarks.report import Figure, percentile

_CLIENTS: Final = 200
_TICK_RATES: Final = (125, 200, 300, 400, 600)
_CHAIN_RATES: Final = (40, 60, 80, 100)
_MANY_CLIENTS: Final = 1000
_STEADY_RATE: Final = 50
# Of what is offered; a few are on their way when the counting begins and ends.
_ALL: Final = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fan:
    """What came of so many updates a second, for so many clients.

    Attributes:
        offered: frames a second, to all clients together.
        passed_on: frames a second.
        megabytes: a second.
        processor: seconds of the edge's processor, a second.
        clients_processor: seconds of the clients' processors, a second.
        latencies: of a sample of the frames, in seconds.
    """

    offered: float
    passed_on: float
    megabytes: float
    processor: float
    clients_processor: float
    latencies: Sequence[float]

    @property
    def is_all(self) -> bool:
        """Whether no update was replaced by a newer one on its way."""
        return self.passed_on >= _ALL * self.offered


async def edge_sockets(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure small and large frames to 200 clients, and a thousand clients."""
    lasts = seconds / 3
    ticks = [await _fan(folder, _CLIENTS, ticks=rate, seconds=lasts) for rate in _TICK_RATES]
    chains = [await _fan(folder, _CLIENTS, chains=rate, seconds=lasts) for rate in _CHAIN_RATES]
    steady = await _fan(folder, _MANY_CLIENTS, ticks=_STEADY_RATE, seconds=lasts, processes=2)
    name = f"Socket.IO, {_MANY_CLIENTS} clients, {_STEADY_RATE} updates/s"
    return [
        *_most("small frames", ticks, wanted="at least 25,000"),
        *_most("chains of 21 strikes", chains, wanted="at least 8,000"),
        Figure(name=f"{name}: passed on", value=steady.passed_on, unit="frames/s"),
        Figure(name=f"{name}: latency, p50", value=_milliseconds(steady, 0.5), unit="ms"),
        Figure(
            name=f"{name}: latency, p99",
            value=_milliseconds(steady, 0.99),
            unit="ms",
            wanted="at most 250",
        ),
        Figure(name=f"{name}: processor of the edge", value=100 * steady.processor, unit="%"),
    ]


async def _fan(
    folder: Path,
    clients: int,
    *,
    seconds: float,
    ticks: float = 0.0,
    chains: float = 0.0,
    processes: int = 1,
) -> _Fan:
    async with lone_edge(folder, ticks=ticks, chains=chains) as edge, AsyncExitStack() as stack:
        subject = ("chain",) if chains else ()
        crowds = [
            await stack.enter_async_context(
                python(
                    "benchmarks.socket_clients", edge.http, clients // processes, seconds, *subject
                )
            )
            for _ in range(processes)
        ]
        # That all are connected, and then that the counting begins.
        await asyncio.gather(*map(line_of, crowds))
        await asyncio.gather(*map(line_of, crowds))
        begun = processor_seconds(edge.pid)
        results = await asyncio.gather(*map(said_by, crowds))
        used = processor_seconds(edge.pid) - begun
    return _together(results, offered=clients * (ticks + chains), used=used)


def _together(results: Sequence[dict[str, Any]], *, offered: float, used: float) -> _Fan:
    lasted = max(result["seconds"] for result in results)

    def rate(what: str) -> float:
        return float(sum(result[what] for result in results) / lasted)

    return _Fan(
        offered=offered,
        passed_on=rate("frames"),
        megabytes=rate("content") / 1e6,
        processor=used / lasted,
        clients_processor=rate("processor_seconds"),
        latencies=[latency for result in results for latency in result["latencies"]],
    )


def _most(what: str, fans: Sequence[_Fan], *, wanted: str) -> list[Figure]:
    name = f"Socket.IO, {_CLIENTS} clients, {what}"
    most = max(fans, key=lambda fan: fan.passed_on)
    figures = [
        Figure(name=f"{name}: passed on", value=most.passed_on, unit="frames/s", wanted=wanted),
        Figure(name=f"{name}: content", value=most.megabytes, unit="MB/s"),
        Figure(
            name=f"{name}: for a second of the edge's processor",
            value=most.passed_on / most.processor,
            unit="frames",
        ),
        Figure(
            name=f"{name}: processor of the clients", value=100 * most.clients_processor, unit="%"
        ),
    ]
    complete = [fan for fan in fans if fan.is_all]
    if complete:
        steady = max(complete, key=lambda fan: fan.offered)
        figures += [
            Figure(name=f"{name}: none replaced, up to", value=steady.offered, unit="frames/s"),
            Figure(name=f"{name}: latency then, p99", value=_milliseconds(steady, 0.99), unit="ms"),
        ]
    return figures


def _milliseconds(fan: _Fan, share: float) -> float:
    return 1e3 * percentile(fan.latencies, share)
