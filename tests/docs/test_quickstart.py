"""What the quickstart and the Python client's page say to run, runs, and answers as they show."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from tests.docs.pages import DOCS, ROOT, Block, blocks
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import RunningMesh, environment, running_mesh

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]
QUICKSTART = DOCS / "quickstart.md"
CLIENT = DOCS / "python-client.md"
SECONDS = 30.0
# What a page starts by hand, or installs.
BY_HAND = ("git ", "make ")
# A market that has just begun to trade has none yet.
NEEDS_A_CHAIN = "/api/analytics/gamma-exposure/NIFTY"
OK = 200
NOTHING = Block(language="", text="")
KEY = re.compile(r'"(@?\w+)": ')


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mesh(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningMesh]:
    # Faster than a market, so that nobody waits five seconds for the next chain.
    directory = tmp_path_factory.mktemp("docs") / "mesh"
    async with running_mesh(directory, "--rate", "4") as running:
        async with aiohttp.ClientSession(running.http) as session:
            has_chains = partial(status_of, session, NEEDS_A_CHAIN)
            await eventually(has_chains, lambda status: status == OK, seconds=SECONDS)
        yield running


async def status_of(session: aiohttp.ClientSession, path: str) -> int:
    async with session.get(path) as response:
        return response.status


def steps(page: Path, language: str) -> list[tuple[str, Block | None]]:
    """Return what is to be run, each with the output that is shown under it."""
    every = [*blocks(page), NOTHING]
    return [
        (block.text, after if after.language in {"json", "text"} else None)
        for block, after in pairwise(every)
        if block.language == language
    ]


async def run(mesh: RunningMesh, *command: str, script: str) -> str:
    """Run a script on a mesh that is where it is, and return what it printed."""
    here = script.replace("localhost:8000", mesh.http.removeprefix("http://")).replace(
        "localhost:8009", mesh.grpc["public"]
    )
    paths = (str(ROOT / ".tools" / "bin"), os.environ["PATH"])
    process = await asyncio.create_subprocess_exec(
        *command,
        here,
        env=environment(PATH=os.pathsep.join(paths)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=mesh.data_dir,
    )
    async with asyncio.timeout(SECONDS):
        output, complaints = await process.communicate()
    assert process.returncode == 0, f"{here}\n{complaints.decode()}"
    assert output.strip(), here
    return output.decode()


def assert_as_shown(output: str, shown: Block | None) -> None:
    if shown is None:
        return
    if shown.language == "json":
        told = re.sub(r'(?<=")\s*:\s*', ": ", output)
        assert {key for key in KEY.findall(shown.text) if f'"{key}": ' not in told} == set()
    else:
        # Numbers differ from day to day; the words and the form of the lines do not.
        forms = {form(line) for line in output.splitlines()}
        assert {line for line in shown.text.splitlines() if form(line) not in forms} == set()


def form(line: str) -> str:
    return re.sub(r" +", " ", re.sub(r"\d+(\.\d+)?", "0", line)).strip()


async def test_the_quickstart_s_commands_answer_as_shown(mesh: RunningMesh) -> None:
    for script, shown in steps(QUICKSTART, "sh"):
        if not script.startswith(BY_HAND) and "grpcurl" not in script:
            assert_as_shown(await run(mesh, "bash", "-c", script=script), shown)


async def test_the_quickstart_s_grpcurl_answers_as_shown(mesh: RunningMesh) -> None:
    if shutil.which("grpcurl", path=f"{ROOT / '.tools' / 'bin'}:{os.environ['PATH']}") is None:
        pytest.skip("there is no grpcurl, neither in .tools/bin nor in PATH")
    for script, shown in steps(QUICKSTART, "sh"):
        if "grpcurl" in script:
            assert_as_shown(await run(mesh, "bash", "-c", script=script), shown)


@pytest.mark.parametrize("page", [QUICKSTART, CLIENT], ids=lambda page: page.stem)
async def test_programs_print_what_is_shown_under_them(mesh: RunningMesh, page: Path) -> None:
    shown_ones = [(script, shown) for script, shown in steps(page, "python") if shown]
    assert shown_ones
    for script, shown in shown_ones:
        assert_as_shown(await run(mesh, sys.executable, "-c", script=script), shown)
