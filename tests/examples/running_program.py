"""An example while it runs."""

import asyncio
import os
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.examples.chain_line import ChainLine
from tests.examples.programs import Program
from tests.fixtures.eventually import eventually

RUN_SECONDS: Final = 60.0
_LINE_BYTES: Final = 1 << 20


@dataclass(slots=True, kw_only=True)
class RunningProgram:
    """What an example has said so far.

    Attributes:
        process: the example.
        output: lines of its stdout, without one that is not complete.
        diagnostics: lines of its stderr.
    """

    process: asyncio.subprocess.Process
    output: list[str] = field(default_factory=list)
    diagnostics: list[str] = field(default_factory=list)

    @property
    def products(self) -> list[str]:
        """The products it has listed."""
        return [line.removeprefix("product ") for line in self.output if _is_product(line)]

    @property
    def chains(self) -> list[ChainLine]:
        """The chains it has printed."""
        return [ChainLine.of_text(line) for line in self.output if not _is_product(line)]

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.returncode is not None

    async def until_printed(self, chains: int, *, seconds: float = RUN_SECONDS) -> bool:
        """Wait for so many more lines; say whether they came."""
        return await self._until(self.output, len(self.output) + chains, seconds)

    async def until_said(self, after: int, *, seconds: float = RUN_SECONDS) -> bool:
        """Wait for more diagnostics than so many; say whether they came."""
        return await self._until(self.diagnostics, after + 1, seconds)

    async def _until(self, lines: list[str], enough: int, seconds: float) -> bool:
        async def there_are_enough() -> bool:
            return len(lines) >= enough

        async def is_decided() -> bool:
            return await there_are_enough() or self.ended

        try:
            await eventually(is_decided, bool, seconds=seconds)
        except TimeoutError:
            return False
        return await there_are_enough()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What an example said, and its exit status."""

    status: int
    said: RunningProgram


@asynccontextmanager
async def running(
    program: Program, *arguments: str, credentials: Mapping[str, str]
) -> AsyncIterator[RunningProgram]:
    """Run an example inside the block, at most; kill it then."""
    process = await asyncio.create_subprocess_exec(
        *program.command,
        *arguments,
        cwd=program.folder,
        env=_environment() | dict(credentials),
        stdout=PIPE,
        stderr=PIPE,
        limit=_LINE_BYTES,
    )
    run = RunningProgram(process=process)
    assert process.stdout is not None
    assert process.stderr is not None
    reading = [
        asyncio.create_task(_collect(process.stdout, run.output)),
        asyncio.create_task(_collect(process.stderr, run.diagnostics)),
    ]
    try:
        yield run
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.gather(*reading)


async def run_to_end(program: Program, *arguments: str, credentials: Mapping[str, str]) -> Ended:
    """Run an example that ends by itself."""
    async with running(program, *arguments, credentials=credentials) as run:
        async with asyncio.timeout(RUN_SECONDS):
            status = await run.process.wait()
    return Ended(status=status, said=run)


async def _collect(stream: asyncio.StreamReader, lines: list[str]) -> None:
    while (line := await stream.readline()).endswith(b"\n"):
        lines.append(line.decode().removesuffix("\n"))


def _environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("DELTASTREAM_")}


def _is_product(line: str) -> bool:
    return line.startswith("product ")
