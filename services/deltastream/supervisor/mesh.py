"""The whole mesh on one machine, as child processes."""

import asyncio
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deltastream.runtime.embedded_redis import LONGEST_SOCKET_PATH, redis_command, redis_url
from deltastream.runtime.roles import ROLES, Role
from deltastream.supervisor.child import Child, Command
from deltastream.supervisor.output import Output
from deltastream.supervisor.readiness import wait_until_ready

_REDIS_STOP_SECONDS: Final = 10.0
_SPARE_SECONDS: Final = 3.0
ENDPOINTS_FILE: Final = "mesh.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshPlan:
    """What to start.

    Attributes:
        data_dir: where everything that must last is kept.
        listeners: HOST:PORT of every listener, by environment variable.
        environment: what the roles are told besides.
        drain_seconds: how long a role may finish its calls when it is stopped.
        ready_seconds: how long starting may take.
    """

    data_dir: Path
    listeners: Mapping[str, str]
    environment: Mapping[str, str]
    drain_seconds: float
    ready_seconds: float = 60.0

    @property
    def own_redis(self) -> bool:
        """Whether a private Redis is needed: no bus was named."""
        return "DELTASTREAM_BUS_URL" not in self.environment

    @property
    def redis_socket(self) -> Path:
        """Where the private Redis listens: in the data directory, unless its name is too long."""
        socket = self.data_dir / "redis.sock"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"deltastream-{os.getuid()}-{name}.sock"

    @property
    def edge(self) -> str:
        """HOST:PORT of the edge."""
        return self.listeners["DELTASTREAM_EDGE_LISTEN"]

    @property
    def http_url(self) -> str:
        """Where the dashboard is."""
        return f"http://{self.edge}"


class Mesh:
    """The running mesh."""

    def __init__(self, plan: MeshPlan, output: Output) -> None:
        self.plan = plan
        environment = _environment(plan)
        self._redis = [Child(_redis(plan), on_line=output.line)] if plan.own_redis else []
        self._roles = [Child(_role(plan, role, environment), on_line=output.line) for role in ROLES]

    @property
    def children(self) -> Sequence[Child]:
        """All processes, in the order to start them."""
        return (*self._redis, *self._roles)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run every process while the block runs, then stop them in reverse order.

        Raises:
            ChildFailedError: one of them cannot run (in a group).
            NotReadyError: they did not come up in time (in a group).
        """
        async with asyncio.TaskGroup() as group:
            for child in self.children:
                group.create_task(child.run())
            try:
                await wait_until_ready(self.plan.edge, seconds=self.plan.ready_seconds)
                self._write_endpoints()
                yield
            finally:
                await asyncio.shield(self._stop())

    async def _stop(self) -> None:
        (self.plan.data_dir / ENDPOINTS_FILE).unlink(missing_ok=True)
        # The edge first, so that nobody asks a role that has gone; Redis last.
        for child in reversed(self.children):
            await child.stop()

    def _write_endpoints(self) -> None:
        """Tell other programs where everything is."""
        content = {
            "pid": os.getpid(),
            "http": self.plan.http_url,
            "grpc": {
                role.name: self.plan.listeners[role.listen_variable]
                for role in ROLES
                if role.service is not None
            },
            "pids": {child.command.name: child.pid for child in self.children},
        }
        file = self.plan.data_dir / ENDPOINTS_FILE
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(content, indent=2), encoding="utf-8")
        draft.replace(file)


def _environment(plan: MeshPlan) -> dict[str, str]:
    environment = {
        **os.environ,
        # Threads of the linear algebra library cost more than they bring on arrays of this size.
        "OPENBLAS_NUM_THREADS": "1",
        # Each thread that allocates would keep an arena of its own.
        "MALLOC_ARENA_MAX": "2",
        "PYTHONUNBUFFERED": "1",
        "DELTASTREAM_LOG_FORMAT": "json",
        "DELTASTREAM_DATA_DIR": str(plan.data_dir),
        **plan.listeners,
        **{
            role.address_variable: plan.listeners[role.listen_variable]
            for role in ROLES
            if role.service is not None
        },
        **plan.environment,
    }
    if plan.own_redis:
        url = redis_url(plan.redis_socket)
        environment["DELTASTREAM_BUS_URL"] = url
        environment.setdefault("DELTASTREAM_CACHE_URL", url)
    return environment


def _redis(plan: MeshPlan) -> Command:
    return Command(
        name="redis",
        arguments=redis_command(folder=plan.data_dir / "redis", socket=plan.redis_socket),
        environment=os.environ,
        stop_seconds=_REDIS_STOP_SECONDS,
    )


def _role(plan: MeshPlan, role: Role, environment: Mapping[str, str]) -> Command:
    return Command(
        name=role.name,
        arguments=(sys.executable, "-m", f"deltastream.{role.name}"),
        environment=environment,
        stop_seconds=plan.drain_seconds + _SPARE_SECONDS,
    )
