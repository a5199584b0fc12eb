"""A flood of one HTTP request, from a process of its own: `python -m tests.faults.flood PLAN`.

Either as fast as a number of connections allow, or at a rate, whether answers come or not. The
plan is JSON on standard input, and so is the report on standard output: what came of each request,
and how long it took.
"""

import asyncio
import json
import os
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from tests.faults.waiting import moment_when

ROOT: Final = Path(__file__).parents[2]
_PULSE_SECONDS: Final = 0.005
_MOST_CONNECTIONS: Final = 1000
_LAST_ANSWERS_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do.

    Attributes:
        host, port: where to.
        request: one HTTP/1.1 request, complete, as text.
        seconds: for how long.
        per_second: how many to begin; 0 begins one when another has ended.
        connections: how many at once, when no rate is given.
    """

    host: str
    port: int
    request: str
    seconds: float
    per_second: float = 0.0
    connections: int = 1


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of it.

    Attributes:
        outcomes: how many answers by status; "none" had no answer.
        refusal_seconds: how long each answer of status 429 or 503 took.
        good_seconds: how long each answer of status 200 took.
        seconds: from the first request to the last that was begun.
    """

    outcomes: dict[str, int] = field(default_factory=dict)
    refusal_seconds: list[float] = field(default_factory=list)
    good_seconds: list[float] = field(default_factory=list)
    seconds: float = 0.0


class _Connection(asyncio.Protocol):
    """One request at a time, on a connection that is kept."""

    def __init__(self, flood: "Flood") -> None:
        self._flood = flood
        self._transport: asyncio.Transport | None = None
        self._begun = 0.0
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._flood.joined(self)

    def ask(self) -> None:
        assert self._transport is not None
        self._begun = time.perf_counter()
        self._received = b""
        self._transport.write(self._flood.request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._flood.answered(head[9:12].decode(), time.perf_counter() - self._begun)
        self._begun = 0.0
        self._flood.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._begun:
            self._flood.answered("none", time.perf_counter() - self._begun)
        self._flood.left(self)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Flood:
    """Asks, and counts."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.request = plan.request.encode()
        self.free: deque[_Connection] = deque()
        self.opened = 0
        self._connections: set[_Connection] = set()
        self.report = Report()
        self._begun = 0

    async def run(self) -> Report:
        """Do as planned."""
        begun = time.perf_counter()
        while (now := time.perf_counter() - begun) < self.plan.seconds:
            wanted = int(now * self.plan.per_second) - self._begun if self.plan.per_second else None
            await self._ask(wanted)
            await asyncio.sleep(_PULSE_SECONDS if self.plan.per_second else 0)
        self.report.seconds = time.perf_counter() - begun

        async def all_answered() -> bool:
            return sum(self.report.outcomes.values()) >= self._begun

        await moment_when(all_answered, seconds=_LAST_ANSWERS_SECONDS)
        missing = self._begun - sum(self.report.outcomes.values())
        if missing:
            self.report.outcomes["none"] = self.report.outcomes.get("none", 0) + missing
        return self.report

    def joined(self, connection: _Connection) -> None:
        """Have one more connection."""
        self._connections.add(connection)
        self.free.append(connection)

    def left(self, connection: _Connection) -> None:
        """Have one connection less."""
        self.opened -= 1
        self._connections.discard(connection)
        if connection in self.free:
            self.free.remove(connection)

    def close(self) -> None:
        """Drop all connections."""
        for connection in list(self._connections):
            connection.close()

    def answered(self, status: str, seconds: float) -> None:
        """Count an answer."""
        self.report.outcomes[status] = self.report.outcomes.get(status, 0) + 1
        if status in {"429", "503"}:
            self.report.refusal_seconds.append(seconds)
        elif status == "200":
            self.report.good_seconds.append(seconds)

    async def _ask(self, wanted: int | None) -> None:
        most = _MOST_CONNECTIONS if wanted is not None else self.plan.connections
        missing = (wanted if wanted is not None else most) - len(self.free)
        for _ in range(min(missing, most - self.opened)):
            self.opened += 1
            try:
                await asyncio.get_running_loop().create_connection(
                    lambda: _Connection(self), self.plan.host, self.plan.port
                )
            except OSError:
                self.opened -= 1
        while self.free and (wanted is None or wanted > 0):
            self.free.popleft().ask()
            self._begun += 1
            wanted = None if wanted is None else wanted - 1


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


async def flood(plan: Plan) -> Report:
    """Run a flood as a process of its own, so that it is not slowed by what watches it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.flood"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        cwd=ROOT,
    )
    try:
        said, _ = await process.communicate(json.dumps(asdict(plan)).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Report(**json.loads(said))


def main() -> None:
    """Read a plan, do it, and write the report."""
    plan = Plan(**json.load(sys.stdin))
    report = asyncio.run(Flood(plan).run())
    json.dump(asdict(report), sys.stdout)


if __name__ == "__main__":
    main()
