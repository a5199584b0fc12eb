"""examples/curl/deltastream.sh, run as a person runs it."""

import asyncio
import json
import os
import shutil
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import psutil

SCRIPT: Final = Path(__file__).parents[2] / "examples/curl/deltastream.sh"
_COMMANDS: Final = ("bash", "curl", "cut", "sleep")
_ENV: Final = shutil.which("env") or "env"
_DEADLINE: Final = 60.0


class RunningScript:
    """The script, and the lines that it prints."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def line(self) -> str:
        """Return the next line."""
        assert self._process.stdout is not None
        async with asyncio.timeout(_DEADLINE):
            line = await self._process.stdout.readline()
        assert line, "the script has ended"
        return line.decode().rstrip("\n")

    async def until(self, beginning: str) -> str:
        """Skip to the next line that begins so."""
        while not (line := await self.line()).startswith(beginning):
            pass
        return line

    async def chains(self, count: int) -> list[tuple[str, str]]:
        """Return the next chains that it streams: expiry and time of each."""
        found: list[tuple[str, str]] = []
        while len(found) < count:
            found += _chains(json.loads(await self.line()))
        return found

    async def interrupt(self) -> list[tuple[str, str]]:
        """Press Ctrl-C; return the chains that it still prints."""
        os.killpg(self._process.pid, signal.SIGINT)
        async with asyncio.timeout(_DEADLINE):
            output, _ = await self._process.communicate()
        assert self._process.returncode == 0
        return [each for line in output.splitlines() for each in _chains(json.loads(line))]

    def arguments(self) -> str:
        """Return the arguments of it and of all that it runs."""
        script = psutil.Process(self._process.pid)
        processes = [script, *script.children(recursive=True)]
        return "\n".join(" ".join(process.cmdline()) for process in processes)


@asynccontextmanager
async def running_script(folder: Path, **environment: str) -> AsyncIterator[RunningScript]:
    """Run it in a folder, with the settings of its environment."""
    process = await asyncio.create_subprocess_exec(
        # Where the tests run in the background, Ctrl-C is ignored, which a shell hands on for good.
        _ENV,
        "--default-signal=INT",
        SCRIPT,
        "NIFTY",
        cwd=folder,
        env={**os.environ, **environment},
        stdout=PIPE,
        limit=1 << 22,
        start_new_session=True,
    )
    try:
        yield RunningScript(process)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def bare_path(folder: Path) -> str:
    """Make a folder with the commands that the script needs, and no other."""
    folder.mkdir()
    for name in _COMMANDS:
        found = shutil.which(name)
        assert found is not None, f"{name} is needed"
        (folder / name).symlink_to(found)
    return str(folder)


def _chains(printed: Any) -> list[tuple[str, str]]:
    # With jq it prints a line a chain, else whatever frame came.
    chains = printed["batch"]["chains"] if "batch" in printed else [printed]
    return [(chain["expiry"], chain["timestamp"]) for chain in chains]
