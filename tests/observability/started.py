"""Programs that are started for a test, and asked over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
from tests.fixtures.eventually import eventually

_READY_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 15.0


class Started:
    """A program that answers HTTP.

    Args:
        url: where.
        session: asks it.
    """

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session

    async def get(self, path: str, **parameters: str) -> Any:
        """Ask, and return the JSON that comes; an error's too."""
        async with self._session.get(f"{self._url}{path}", params=parameters) as answer:
            return await answer.json()

    async def post(self, path: str, body: object) -> None:
        """Tell it something.

        Raises:
            aiohttp.ClientResponseError: it refuses.
        """
        async with self._session.post(f"{self._url}{path}", json=body, raise_for_status=True):
            pass

    async def ready(self) -> bool:
        """Say whether it serves."""
        try:
            async with self._session.get(f"{self._url}/-/ready") as answer:
                return answer.ok
        except aiohttp.ClientConnectionError:
            return False


@asynccontextmanager
async def started(
    *command: str | Path, url: str, output: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Started]:
    """Start a program, wait until it is ready, and end it.

    Args:
        command: its command line.
        url: where it will serve.
        output: a file for what it says.
        environment: instead of this process'.
    """
    with output.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=said, stderr=said, env=environment
        )
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            program = Started(url, session)
            await eventually(program.ready, bool, seconds=_READY_SECONDS)
            yield program
    except TimeoutError as error:
        error.add_note(await asyncio.to_thread(output.read_text, errors="replace"))
        raise
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
