"""`deltastream up`: what dies is healed, and what is stopped is gone."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psutil
import pytest
import pytest_asyncio
from tests.fixtures.eventually import eventually
from tests.fixtures.listed_products import until_listed
from tests.fixtures.running_mesh import RunningMesh, command, environment, running_mesh
from tests.mesh.ended_command import ended

from deltastream.runtime.roles import ROLES

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
HEALED_SECONDS = 30.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mesh(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningMesh]:
    folder: Path = tmp_path_factory.mktemp("mesh") / "data"
    async with running_mesh(folder, "--products", "NIFTY") as up:
        async with aiohttp.ClientSession(up.http) as rest:
            await until_listed(rest, "NIFTY")
        yield up


async def until_serving(mesh: RunningMesh) -> None:
    """Wait until the edge answers and every service behind it serves."""
    async with asyncio.timeout(HEALED_SECONDS), aiohttp.ClientSession(mesh.http) as session:
        while True:
            try:
                async with session.get("/health") as response:
                    if (await response.json())["status"] == "SERVING":
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def newest_chain(mesh: RunningMesh) -> str:
    """Return when the newest stored chain is of; nothing before the first is stored."""
    async with (
        aiohttp.ClientSession(mesh.http) as session,
        session.get("/api/data/chain/NIFTY?page_size=1") as response,
    ):
        chains = (await response.json())["chains"]
        return str(chains[0]["timestamp"]) if chains else ""


async def pid_of(mesh: RunningMesh, name: str) -> int | None:
    try:
        return await asyncio.to_thread(mesh.pid_of, name)
    except (LookupError, psutil.NoSuchProcess):
        return None


async def start(data_dir: Path) -> asyncio.subprocess.Process:
    """Start a mesh that the test itself ends."""
    process = await asyncio.create_subprocess_exec(
        *command("up", "--free-ports", "--data-dir", str(data_dir)),
        env=environment(),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    file = data_dir / "mesh.json"
    await eventually(lambda: asyncio.to_thread(file.exists), bool, seconds=HEALED_SECONDS)
    return process


@pytest.mark.parametrize("name", ["redis", *(role.name for role in ROLES)])
async def test_a_killed_process_is_noticed_logged_and_replaced(
    mesh: RunningMesh, name: str
) -> None:
    await until_serving(mesh)
    victim = mesh.pid_of(name)
    os.kill(victim, signal.SIGKILL)
    await eventually(
        lambda: pid_of(mesh, name), lambda pid: pid not in {None, victim}, seconds=HEALED_SECONDS
    )
    await until_serving(mesh)
    output = mesh.data_dir.parent / "data.out"
    # Whoever waits for the others may be told that they serve before the supervisor has said so.
    restarted = f"role_restarted pid={mesh.pid_of(name)} role={name}"
    said = await eventually(
        lambda: asyncio.to_thread(output.read_text),
        lambda text: restarted in text,
        seconds=HEALED_SECONDS,
    )
    assert f"role_died restart_in_seconds=0.2 role={name} status=-9" in said
    before = await newest_chain(mesh)
    await eventually(
        lambda: newest_chain(mesh), lambda newest: newest != before, seconds=HEALED_SECONDS
    )


async def test_a_second_mesh_in_the_same_directory_is_refused(
    mesh: RunningMesh, tmp_path: Path
) -> None:
    status, said = await ended(
        "up", "--free-ports", "--data-dir", str(mesh.data_dir), folder=tmp_path
    )
    assert status == 3
    assert f"process {mesh.pid}" in said


async def test_sigterm_stops_every_process(tmp_path: Path) -> None:
    process = await start(tmp_path / "data")
    pids = json.loads((tmp_path / "data/mesh.json").read_text())["pids"].values()
    process.terminate()
    async with asyncio.timeout(HEALED_SECONDS):
        assert await process.wait() == 0
    assert [pid for pid in pids if psutil.pid_exists(pid)] == []


async def test_no_process_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    process = await start(tmp_path / "data")
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    await process.wait()
    assert len(family) == len(ROLES) + 1
    _, alive = await asyncio.to_thread(psutil.wait_procs, family, 15)
    assert alive == []
