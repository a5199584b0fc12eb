"""Whether anybody listens, so that the upstream is followed only then."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, NoReturn


class Audience:
    """Counts the clients, and tells when the first comes and the last has gone."""

    def __init__(self) -> None:
        """Nobody is here."""
        self._count = 0
        self._here = asyncio.Event()
        self._gone = asyncio.Event()
        self._gone.set()

    def arrive(self) -> None:
        """Count a client in."""
        self._count += 1
        self._here.set()
        self._gone.clear()

    def depart(self) -> None:
        """Count a client out."""
        self._count -= 1
        if self._count == 0:
            self._here.clear()
            self._gone.set()

    async def present(self) -> None:
        """Return when somebody is here."""
        await self._here.wait()

    async def absent(self, seconds: float) -> None:
        """Return when nobody has been here for that long."""
        while True:
            await self._gone.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._here.wait()
                continue
            return

    async def entertain(
        self, work: Callable[[], Coroutine[Any, Any, None]], *, linger: float
    ) -> NoReturn:
        """Run `work` while somebody is here, and `linger` seconds longer.

        Raises:
            ExceptionGroup: the work failed.
        """
        while True:
            await self.present()
            async with asyncio.TaskGroup() as group:
                task = group.create_task(work())
                await self.absent(linger)
                task.cancel()
