"""`deltastream up`, from first check to last process."""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click

from deltastream.log_library import structlog
from deltastream.runtime import exit_codes
from deltastream.runtime.embedded_redis import RedisNotFoundError
from deltastream.runtime.roles import ROLES
from deltastream.supervisor.banner import banner
from deltastream.supervisor.child import ChildFailedError
from deltastream.supervisor.instance import AlreadyRunningError, exclusive
from deltastream.supervisor.mesh import Mesh
from deltastream.supervisor.output import Output
from deltastream.supervisor.plan import MeshPlan
from deltastream.supervisor.ports import (
    PortTakenError,
    default_listeners,
    edge_sockets,
    free_listeners,
    is_loopback,
    listeners_of,
    replica_listeners,
    require_free,
)
from deltastream.supervisor.readiness import NotReadyError

_DRAIN_SECONDS: Final = 5.0
_SECRET: Final = "DELTASTREAM_SERVICE_SECRET"  # noqa: S105 - a variable's name
_SECRET_BYTES: Final = 32
# As settings are read.
_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class UpOptions:
    """What the command line says.

    Attributes:
        environment: settings for the roles, by variable.
        port: of the edge; None is the usual one, 0 any free one.
        replicas: how many processes of enrichment share its work.
        allow_anonymous: whether reading needs no token; None where only this machine can read.
    """

    environment: Mapping[str, str]
    port: int | None
    replicas: int
    data_dir: Path
    free_ports: bool
    allow_anonymous: bool | None
    verbose: bool


def run_up(options: UpOptions) -> int:
    """Run the mesh until a signal, and return the exit status."""
    _configure_logs()
    try:
        with exclusive(options.data_dir):
            plan = _plan(options)
            with edge_sockets(plan.listeners) as sockets, _output(options) as output:
                asyncio.run(_run(Mesh(replace(plan, edge_sockets=sockets), output)))
    except (PortTakenError, AlreadyRunningError, RedisNotFoundError, OSError) as error:
        return _complain(str(error), exit_codes.UNUSABLE)
    except ExceptionGroup as group:
        return _explain(group)
    return 0


@contextlib.contextmanager
def _output(options: UpOptions) -> Iterator[Output]:
    output = Output(options.data_dir / "logs", verbose=options.verbose)
    try:
        yield output
    finally:
        output.close()


def _plan(options: UpOptions) -> MeshPlan:
    if options.free_ports:
        listeners = free_listeners(port=options.port or None)
    else:
        port = free_listeners(port=None)["DELTASTREAM_EDGE_LISTEN"] if options.port == 0 else ""
        wanted = int(port.rpartition(":")[2]) if port else options.port
        listeners = default_listeners(os.environ, port=wanted)
    require_free(listeners)
    return plan_of(options, environment=os.environ, listeners=listeners)


def plan_of(
    options: UpOptions, *, environment: Mapping[str, str], listeners: Mapping[str, str]
) -> MeshPlan:
    """Return what to start.

    Args:
        options: what the command line says.
        environment: what the person says besides.
        listeners: HOST:PORT of every listener, by environment variable.
    """
    told = _told(environment)
    secret = told.pop(_SECRET, "")
    more = options.replicas - 1
    free = replica_listeners(2 * more)
    return MeshPlan(
        data_dir=options.data_dir,
        listeners=listeners,
        replica_listeners=free[:more],
        replica_admin_listeners=free[more:],
        environment={**told, **options.environment},
        drain_seconds=_drain_seconds(environment),
        # Another one each time: whoever saw an earlier one is no service of this mesh.
        service_secret=secret or secrets.token_urlsafe(_SECRET_BYTES),
        allow_anonymous=_allows_anonymous(options.allow_anonymous, told, listeners),
    )


def _told(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that the person gave by environment variables."""
    ours = {name: text for name, text in environment.items() if name.startswith("DELTASTREAM_")}
    listeners = {name for role in ROLES for name in listeners_of(role)}
    return {name: text for name, text in ours.items() if name not in listeners}


def _allows_anonymous(
    option: bool | None,  # noqa: FBT001 - what the command line says, in its own terms
    told: Mapping[str, str],
    listeners: Mapping[str, str],
) -> bool:
    """Say whether reading needs no token: as the person says, else where nobody else can read."""
    if option is not None:
        return option
    stated = told.get("DELTASTREAM_ALLOW_ANONYMOUS", "").strip().lower()
    if stated:
        return stated in _TRUE
    return all(is_loopback(address) for address in listeners.values() if address)


def _drain_seconds(environment: Mapping[str, str]) -> float:
    """Return how long to wait for the roles; they judge the setting themselves."""
    try:
        return float(environment["DELTASTREAM_DRAIN_SECONDS"])
    except (KeyError, ValueError):
        return _DRAIN_SECONDS


async def _run(mesh: Mesh) -> None:
    """Serve until a signal; one that comes while the mesh still starts counts too."""
    restart = asyncio.Event()
    serving = asyncio.create_task(_serve(mesh, restart))
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if serving.cancelling():
            # Nobody waits twice: the roles end with us, by their own request to the kernel.
            os._exit(128 + signal.SIGINT)
        click.echo("\nstopping", err=True)
        serving.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    loop.add_signal_handler(signal.SIGUSR1, restart.set)
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    click.echo("stopped", err=True)


async def _serve(mesh: Mesh, restart: asyncio.Event) -> None:
    click.echo(f"starting {len(mesh.children)} processes", err=True)
    begun = time.monotonic()
    async with mesh.running():
        click.echo(banner(mesh.plan, seconds=time.monotonic() - begun))
        while True:
            await restart.wait()
            restart.clear()
            click.echo("restarting role by role", err=True)
            await mesh.restart()


def _explain(group: ExceptionGroup[Exception]) -> int:
    """Say what went wrong, once, and return the exit status that says so too."""
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            return _explain(error)
        if isinstance(error, ChildFailedError):
            return _complain(str(error), error.status)
        if isinstance(error, NotReadyError):
            return _complain(f"{error}\nThe logs in the data directory say why.", 1)
    raise group


def _complain(text: str, status: int) -> int:
    click.echo(f"deltastream up: {text}", err=True)
    return status


def _configure_logs() -> None:
    """Keep the supervisor's own events short: a person reads them."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(30),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
