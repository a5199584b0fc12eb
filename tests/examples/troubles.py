"""What goes wrong while the examples stream, all of them at once."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.examples.example_mesh import ExampleMesh
from tests.examples.programs import Program
from tests.examples.running_program import RunningProgram, running
from tests.faults.proxy import FaultProxy, fault_proxy
from tests.fixtures.running_mesh import command, environment

# Chains that each must print before the next trouble.
_CALM: Final = 20
# Three heartbeat intervals of 5 s, and some for a busy machine.
_SILENCE_SECONDS: Final = 25.0
_RESTART_SECONDS: Final = 90.0


@dataclass(slots=True, kw_only=True)
class Survivor:
    """An example, and what it has come through.

    Attributes:
        run: what it has said.
        noticed: by trouble, whether it said that its connection was lost, where it must.
        went_on: by trouble, whether it printed more chains afterwards.
    """

    run: RunningProgram
    noticed: dict[str, bool] = field(default_factory=dict)
    went_on: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where trouble is made.

    Attributes:
        mesh: what the examples read.
        wire: what lies between.
        survivors: the examples.
    """

    mesh: ExampleMesh
    wire: FaultProxy
    survivors: Sequence[Survivor]

    async def kill_enrichment(self) -> None:
        """End the service behind the stream without a word."""
        os.kill(self.mesh.mesh.pid_of("enrichment"), signal.SIGKILL)

    async def kill_the_edge(self) -> None:
        """End the process that the examples are connected to without a word."""
        os.kill(self.mesh.mesh.pid_of("edge"), signal.SIGKILL)

    async def swallow_everything(self) -> None:
        """Let nothing through until every example has noticed, or should have."""
        said = [len(survivor.run.diagnostics) for survivor in self.survivors]
        self.wire.black_hole()
        waiting = (
            survivor.run.until_said(before, seconds=_SILENCE_SECONDS)
            for survivor, before in zip(self.survivors, said, strict=True)
        )
        for survivor, noticed in zip(self.survivors, await asyncio.gather(*waiting), strict=True):
            survivor.noticed["nothing comes through"] = noticed
        self.wire.heal()

    async def restart_the_mesh(self) -> None:
        """Replace every role, as an operator does."""
        restart = await asyncio.create_subprocess_exec(
            *command("restart", "--data-dir", str(self.mesh.mesh.data_dir)),
            env=environment(),
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(_RESTART_SECONDS):
            assert await restart.wait() == 0


TROUBLES: Final[Mapping[str, Callable[[Stage], Awaitable[None]]]] = {
    "enrichment is killed": Stage.kill_enrichment,
    "the edge is killed": Stage.kill_the_edge,
    "nothing comes through": Stage.swallow_everything,
    "the mesh is restarted": Stage.restart_the_mesh,
}


async def survivors_of_all(
    mesh: ExampleMesh, programs: Sequence[Program]
) -> Mapping[str, Survivor]:
    """Let examples stream through every trouble, and return what became of them, by name."""
    async with _streaming(mesh, programs) as (wire, survivors):
        stage = Stage(mesh=mesh, wire=wire, survivors=list(survivors.values()))
        await _each_prints_more(stage, "nothing has happened")
        for name, make in TROUBLES.items():
            await make(stage)
            await _each_prints_more(stage, name)
    return survivors


@asynccontextmanager
async def _streaming(
    mesh: ExampleMesh, programs: Sequence[Program]
) -> AsyncIterator[tuple[FaultProxy, dict[str, Survivor]]]:
    host, _, port = mesh.address.rpartition(":")
    async with AsyncExitStack() as stack:
        wire = await stack.enter_async_context(
            fault_proxy(lambda: asyncio.open_connection(host, int(port)), seed=1)
        )
        survivors = {}
        for program in programs:
            run = running(program, "--address", wire.address, credentials=mesh.login)
            survivors[program.name] = Survivor(run=await stack.enter_async_context(run))
        yield wire, survivors


async def _each_prints_more(stage: Stage, after: str) -> None:
    found = await asyncio.gather(
        *(survivor.run.until_printed(_CALM) for survivor in stage.survivors)
    )
    for survivor, went_on in zip(stage.survivors, found, strict=True):
        survivor.went_on[after] = went_on
