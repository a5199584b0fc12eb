"""Health, derived from what a role depends on and logged when it changes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_log = structlog.get_logger()
_PROBE_INTERVAL: Final = 1.0
# While something is away: what has come back is to be used at once.
_SHORT_INTERVAL: Final = 0.25
_PROBE_SECONDS: Final = 2.0

Probe = Callable[[], Awaitable[object]]
"""Returns when a dependency answers; raises when it does not."""


class Health:
    """Answers grpc.health.v1 for three kinds of name.

    "" is the process: SERVING until it drains, whatever its dependencies do, so that nobody
    restarts a healthy process because its database is away. The full name of a gRPC service is
    SERVING while what it needs is. "dependency/NAME" is one dependency.

    Args:
        services: full names of the services offered.
        probes: of every dependency, by name.
        needs: the dependencies of each service; by default each needs all of them.
    """

    def __init__(
        self,
        *,
        services: tuple[str, ...],
        probes: Mapping[str, Probe],
        needs: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._services = services
        self._probes = dict(probes)
        self._needs = needs or dict.fromkeys(services, tuple(probes))
        self._servicer = health.aio.HealthServicer()
        self._up: dict[str, bool] = {}
        self._checked = asyncio.Event()
        self._draining = False

    @property
    def ready(self) -> bool:
        """Whether the role can do something for who calls it, and is not about to end.

        That is while at least one of its services has all that it needs: the edge, which offers
        those of all roles, is not taken from everybody because one of them is away.
        """
        able = any(self._is_able(service) for service in self._services)
        return able and self._checked.is_set() and not self._draining

    @property
    def away(self) -> list[str]:
        """What some service needs and has not, by name."""
        needed = {name for service in self._services for name in self._needs[service]}
        return sorted(name for name in needed if not self._up.get(name, False))

    @property
    def draining(self) -> bool:
        """Whether the role is about to end."""
        return self._draining

    @property
    def serving(self) -> bool:
        """Whether every dependency answered when last asked."""
        return len(self._up) == len(self._probes) and all(self._up.values())

    def add_to(self, server: grpc.aio.Server) -> None:
        """Serve grpc.health.v1 on the server."""
        health_pb2_grpc.add_HealthServicer_to_server(self._servicer, server)

    async def watch(self) -> None:
        """Probe all dependencies, again and again, until cancelled."""
        await self.announce()
        while True:
            async with asyncio.TaskGroup() as group:
                for name, probe in self._probes.items():
                    group.create_task(self._check(name, probe))
            await self.announce()
            self._checked.set()
            await asyncio.sleep(_PROBE_INTERVAL if self.serving else _SHORT_INTERVAL)

    async def checked(self) -> None:
        """Return when every dependency has been asked once; `watch` must run."""
        await self._checked.wait()

    async def announce(self) -> None:
        """Answer health checks by what the probes last said."""
        for name, up in self._up.items():
            await self._servicer.set(f"dependency/{name}", _status(up=up))
        for service in self._services:
            await self._servicer.set(service, _status(up=self._is_able(service)))

    async def drain(self) -> None:
        """Answer NOT_SERVING to everything from now on."""
        self._draining = True
        await self._servicer.enter_graceful_shutdown()

    def _is_able(self, service: str) -> bool:
        return all(self._up.get(name, False) for name in self._needs[service])

    async def _check(self, name: str, probe: Probe) -> None:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await probe()
            up, problem = True, None
        except (DependencyUnavailableError, TimeoutError, grpc.RpcError) as error:
            up, problem = False, type(error).__name__
        if self._up.get(name) is not up:
            # At start everybody waits for somebody: that alarms nobody.
            level = logging.WARNING if name in self._up and not up else logging.INFO
            _log.log(level, "dependency_changed", dependency=name, up=up, error=problem)
        self._up[name] = up
        PROCESS.gauge(names.DEPENDENCY_UP, dependency=name).set(up)


def _status(*, up: bool) -> "health_pb2.HealthCheckResponse.ServingStatus.ValueType":
    return (
        health_pb2.HealthCheckResponse.SERVING if up else health_pb2.HealthCheckResponse.NOT_SERVING
    )


def role_probe(channel: grpc.aio.Channel, service: str) -> Probe:
    """Make a probe of another role: it answers, and says that it serves."""
    stub = health_pb2_grpc.HealthStub(channel)
    request = health_pb2.HealthCheckRequest(service=service)

    async def probe() -> None:
        reply = await stub.Check(request, timeout=_PROBE_SECONDS)
        if reply.status != health_pb2.HealthCheckResponse.SERVING:
            raise DependencyUnavailableError(service)

    return probe
