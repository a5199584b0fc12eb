"""Other processes of a benchmark: those that answer, and those that ask."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psutil
from tests.fixtures.running_mesh import ROOT, environment

_LONGEST_LINE: Final = 1 << 28


@asynccontextmanager
async def python(module: str, *arguments: object) -> AsyncIterator[Process]:
    """Run a module of ours, whose output is read, while the block runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *map(str, arguments),
        cwd=ROOT,
        env=environment(),
        stdout=PIPE,
        limit=_LONGEST_LINE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line_of(process: Process) -> bytes:
    """Return the next line that a process prints.

    Raises:
        RuntimeError: it ended instead.
    """
    assert process.stdout is not None  # noqa: S101 - it was asked for
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("a process of the benchmark ended early: see what it wrote")
    return line


async def said_by(process: Process) -> dict[str, Any]:
    """Return the next line that a process prints, which is JSON."""
    said: dict[str, Any] = json.loads(await line_of(process))
    return said


def processor_seconds(pid: int) -> float:
    """Return what a process has used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
