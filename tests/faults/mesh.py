"""The mesh, as processes that can be killed, frozen and told where to find one another."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
from tests.faults.trial import Trial
from tests.fixtures.eventually import eventually

from deltastream.runtime.embedded_redis import redis_url
from deltastream.runtime.roles import role_named
from deltastream.supervisor.orphans import die_with_parent
from deltastream.supervisor.ports import free_listeners

_READY_SECONDS: Final = 90.0
_STOP_SECONDS: Final = 40.0
_LAST_WORDS: Final = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the roles will listen; known before they start, so that wires can be laid.

    Attributes:
        listeners: HOST:PORT by environment variable.
    """

    listeners: Mapping[str, str] = field(default_factory=lambda: free_listeners(port=None))

    def of(self, role: str) -> str:
        """Return HOST:PORT of a role."""
        return self.listeners[f"DELTASTREAM_{role.upper()}_LISTEN"]

    @property
    def public_grpc(self) -> str:
        """Return HOST:PORT where the edge passes gRPC on."""
        return self.listeners["DELTASTREAM_EDGE_GRPC_LISTEN"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMesh:
    """A mesh that is up, and somebody's to harm.

    Attributes:
        pid: of the supervisor.
        http: URL of the edge.
        grpc: HOST:PORT by role.
        data_dir: where it keeps everything.
        bus_url: where its Redis is, without any wire of ours before it.
        places: where its roles listen.
        roots: the source roots that its processes import from.
    """

    pid: int
    http: str
    grpc: Mapping[str, str]
    data_dir: Path
    bus_url: str
    places: Places
    roots: Sequence[Path]

    @property
    def subscribers(self) -> dict[str, str]:
        """Where a subscriber by each way connects to, by name: the role, and the public address."""
        return {
            "a subscriber of the role": self.grpc["enrichment"],
            "a subscriber of the edge": self.places.public_grpc,
        }

    @property
    def database(self) -> Path:
        """The file of its market database."""
        return self.data_dir / "market.db"

    def processes(self, role: str) -> list[psutil.Process]:
        """Return the processes of a role, oldest first."""
        found = [p for p in _children(self.pid) if _runs(p, role)]
        return sorted(found, key=lambda process: process.create_time())

    def process(self, role: str) -> psutil.Process:
        """Return the only, or the oldest, process of a role.

        Raises:
            LookupError: none runs.
        """
        for process in self.processes(role):
            return process
        raise LookupError(f"{role} does not run")

    def kill(self, role: str) -> float:
        """End a process of a role by SIGKILL, and say when, by the loop's clock."""
        self.process(role).kill()
        return asyncio.get_running_loop().time()

    async def command(self, *arguments: str, seconds: float) -> tuple[int, str]:
        """Run a command of `deltastream` about this mesh; return its status, and what it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deltastream.cli"),
            *arguments,
            env=_environment(self.roots, {}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(seconds):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return await process.wait(), said.decode(errors="replace")


def address_of(process: psutil.Process) -> str:
    """Return HOST:PORT where a process of enrichment serves gRPC, as it has been told."""
    return str(process.environ()[role_named("enrichment").listen_variable])


@asynccontextmanager
async def running_mesh(
    trial: Trial,
    *arguments: str,
    places: Places | None = None,
    bus_url: str | None = None,
    **settings: str,
) -> AsyncIterator[FaultMesh]:
    """Start a mesh; at the end stop it by Ctrl-C, and demand that it ends well.

    Args:
        trial: whose mesh it is.
        arguments: of `deltastream up`.
        places: where the roles listen; free ports by default.
        bus_url: a Redis of the case's own; the mesh runs one by default.
        settings: further environment variables.
    """
    places = places or Places()
    data_dir = trial.folder / "mesh"
    environment = _environment(trial.roots, {**places.listeners, **settings})
    said = trial.folder / "mesh.out"
    with said.open("wb") as output:
        supervisor = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deltastream.cli", "up", "--data-dir", str(data_dir)),
            *arguments,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=trial.folder,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        content = await _ready(supervisor, data_dir / "mesh.json", said)
        yield FaultMesh(
            pid=content["pid"],
            http=content["http"],
            grpc=content["grpc"],
            data_dir=data_dir,
            bus_url=bus_url or redis_url(data_dir / "redis.sock"),
            places=places,
            roots=trial.roots,
        )
        await _stop(trial, supervisor, said)
    finally:
        await _end(supervisor)


async def _ready(
    supervisor: asyncio.subprocess.Process, file: Path, said: Path
) -> Mapping[str, Any]:
    async def said_so_or_ended() -> bool:
        return bool(_content_of(file)) or supervisor.returncode is not None

    await eventually(said_so_or_ended, bool, seconds=_READY_SECONDS)
    if supervisor.returncode is not None:
        raise RuntimeError(f"the mesh did not start:\n{_end_of(said)}")
    return _content_of(file)


async def _stop(trial: Trial, supervisor: asyncio.subprocess.Process, said: Path) -> None:
    family = _children(supervisor.pid)
    supervisor.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            status: object = await supervisor.wait()
    except TimeoutError:
        status = f"none after {_STOP_SECONDS:g} s"
    left = [process.pid for process in family if process.is_running()]
    trial.demand(
        "the mesh ends",
        f"status {status}, {len(left)} processes left",
        holds=status == 0 and not left,
    )
    if status != 0:
        trial.note("its last words", _end_of(said))


async def _end(supervisor: asyncio.subprocess.Process) -> None:
    """Leave no process behind, whatever happened."""
    if supervisor.returncode is None:
        family = _children(supervisor.pid)
        # First, or it would start its children again.
        supervisor.kill()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await supervisor.wait()


def _end_of(file: Path) -> str:
    return file.read_text(errors="replace")[-_LAST_WORDS:]


def _content_of(file: Path) -> Mapping[str, Any]:
    """Return what the mesh has written of itself; nothing before it serves."""
    try:
        content: Mapping[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    return content


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _runs(process: psutil.Process, role: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    if role == "redis":
        return bool(words) and "redis-server" in words[0]
    return f"deltastream.{role}" in words


def _environment(roots: Sequence[Path], settings: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without any setting but these."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("DELTASTREAM_")}
    return inherited | {"PYTHONPATH": os.pathsep.join(map(str, roots))} | dict(settings)
