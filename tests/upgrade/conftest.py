"""Two releases beside each other: this one, and processes of one that is ahead."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.upgrade.future_contract import environment, generate

SERVER = Path(__file__).with_name("future_server.py")
CLIENT = Path(__file__).with_name("future_client.py")
SECONDS = 60


@dataclass(frozen=True)
class FutureServer:
    """A process with services of the future."""

    process: Process
    address: str

    async def tokens(self, delivery: int, count: int) -> list[str]:
        """Return with which tokens the first so many streams of a delivery were asked for."""
        assert self.process.stdout is not None
        found: list[str] = []
        async with asyncio.timeout(SECONDS):
            while len(found) < count:
                asked = json.loads(await self.process.stdout.readline())
                found += [asked["token"]] if asked["delivery"] == delivery else []
        return found


@pytest.fixture(scope="session")
def future_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the contract of the future, and return where its Python code is."""
    return generate(tmp_path_factory.mktemp("future"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def future_server(future_code: Path) -> AsyncIterator[FutureServer]:
    """Run services of the future."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SERVER), env=environment(future_code), stdout=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            port = int(await process.stdout.readline())
        yield FutureServer(process, f"127.0.0.1:{port}")
    finally:
        process.kill()
        await process.communicate()


async def ask_as_the_future(future_code: Path, address: str) -> dict[str, Any]:
    """Let a client of the future ask at an address, and return what it found."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(CLIENT), address, env=environment(future_code), stdout=PIPE
    )
    async with asyncio.timeout(SECONDS):
        said, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(said)
    return found
