"""Commands of `deltastream` that end by themselves."""

import asyncio
from pathlib import Path

from tests.fixtures.running_mesh import command, environment

SECONDS = 90.0


async def ended(*arguments: str, folder: Path) -> tuple[int, str]:
    """Run a command until it has ended; return its status and what it said.

    Args:
        arguments: of `deltastream`.
        folder: where it runs.
    """
    process = await asyncio.create_subprocess_exec(
        *command(*arguments),
        env=environment(),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SECONDS):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()
