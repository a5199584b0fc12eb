"""`deltastream restart` replaces every role, and nobody who asks or listens notices."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from tests.fixtures.running_mesh import RunningMesh, command, environment, running_mesh

from deltastream.client import LOSSLESS, Mesh
from deltastream.client.frames import Gap
from deltastream.runtime.roles import ROLES
from deltastream.supervisor.endpoints import read_endpoints

pytestmark = [pytest.mark.mesh, pytest.mark.long, pytest.mark.timeout(180)]
# Between two questions of one asker: the roles that start need the processor too.
PAUSE = 0.02


async def run(*arguments: str) -> tuple[int, str]:
    """Run a command of `deltastream`; return its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command(*arguments),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


@asynccontextmanager
async def asking(mesh: RunningMesh, answers: Counter[int]) -> AsyncIterator[None]:
    """Ask for the same all the while, each time on a connection of its own."""

    async def ask() -> None:
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(mesh.http, connector=connector) as session:
            while True:
                async with session.get("/api/data/products") as response:
                    await response.read()
                    answers[response.status] += 1
                await asyncio.sleep(PAUSE)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask()) for _ in range(2)]
        yield
        for task in tasks:
            task.cancel()


async def test_every_role_is_replaced_without_a_failed_call_or_a_gap(tmp_path: Path) -> None:
    gaps: list[Gap] = []
    sequences: list[int] = []
    answers: Counter[int] = Counter()

    async def listen(address: str) -> None:
        async with Mesh(address, on_gap=gaps.append) as client:
            async for chain in client.chains("NIFTY", delivery=LOSSLESS):
                sequences.append(chain.sequence)  # noqa: PERF401 - looked at before it ends

    async with running_mesh(
        tmp_path / "data", "--products", "NIFTY", "--rate", "20", "--replicas", "2"
    ) as mesh:
        before = read_endpoints(mesh.data_dir)["pids"]
        listening = asyncio.create_task(listen(mesh.grpc["public"]))
        async with asking(mesh, answers):
            status, said = await run("restart", "--data-dir", str(mesh.data_dir))
        after = read_endpoints(mesh.data_dir)["pids"]
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    assert status == 0, said
    roles = {role.name for role in ROLES} | {"enrichment-2"}
    assert {name for name in before if before[name] != after[name]} == roles
    assert all(name in said for name in roles)
    assert set(answers) == {200}
    assert gaps == []
    assert sequences == sorted(set(sequences))
    assert len(sequences) > 1


async def test_without_a_mesh_it_says_how_to_start_one(tmp_path: Path) -> None:
    status, said = await run("restart", "--data-dir", str(tmp_path))

    assert status == 3
    assert "deltastream up" in said
