"""The whole mesh on one machine, as child processes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from deltastream.log_library import structlog
from deltastream.supervisor import commands
from deltastream.supervisor.child import Child, ReplacementFailedError
from deltastream.supervisor.endpoints import RestartReport, remove_endpoints, write_endpoints
from deltastream.supervisor.output import Output
from deltastream.supervisor.plan import MeshPlan
from deltastream.supervisor.process import Command
from deltastream.supervisor.readiness import NotReadyError, wait_until_ready

_log = structlog.get_logger()
_SUCCESSOR_SECONDS: Final = 30.0


class Mesh:
    """The running mesh."""

    def __init__(self, plan: MeshPlan, output: Output) -> None:
        self.plan = plan
        self._output = output
        self._redis = [self._child(commands.redis(plan))] if plan.own_redis else []
        self._roles = [self._child(command) for command in commands.roles(plan)]
        self._restart = RestartReport()
        self._up = False

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
                await wait_until_ready(self.plan.http_url, seconds=self.plan.ready_seconds)
                self._up = True
                self._tell()
                yield
            finally:
                await asyncio.shield(self._stop())

    async def restart(self) -> None:
        """Replace the roles one by one, each by a successor that serves before it stops.

        The first that does not become ready ends it: what served before goes on.
        """
        self._restart.number += 1
        self._restart.under_way, self._restart.error = True, ""
        self._tell()
        try:
            for child in self._roles:
                await child.replace(seconds=_SUCCESSOR_SECONDS)
                await wait_until_ready(self.plan.http_url, seconds=_SUCCESSOR_SECONDS)
        except (ReplacementFailedError, NotReadyError) as error:
            _log.warning("restart_stopped", error=str(error))
            self._restart.error = str(error)
        finally:
            self._restart.under_way = False
            self._tell()

    def _child(self, command: Command) -> Child:
        return Child(command, on_line=self._output.line, on_change=self._tell)

    async def _stop(self) -> None:
        self._up = False
        remove_endpoints(self.plan)
        # The edge first, so that nobody asks a role that has gone; Redis last.
        for child in reversed(self.children):
            await child.stop()

    def _tell(self) -> None:
        """Say where everything is, while the mesh is up."""
        if not self._up:
            return
        pids = {child.command.name: child.pid for child in self.children}
        write_endpoints(self.plan, pids, self._restart)
