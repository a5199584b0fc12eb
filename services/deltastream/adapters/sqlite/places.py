"""A bounded number of places that can be closed."""

import asyncio

from deltastream.domain.errors import DependencyUnavailableError


class Places:
    """Lets so many callers in at a time. When all places are taken, callers wait, in order."""

    def __init__(self, count: int, *, dependency: str) -> None:
        self._free = asyncio.Semaphore(count)
        self._dependency = dependency
        self._closed = False

    async def take(self) -> None:
        """Wait for a place.

        Raises:
            DependencyUnavailableError: closed, before or while waiting.
        """
        await self._free.acquire()
        if self._closed:
            self._free.release()
            raise DependencyUnavailableError(self._dependency)

    def give_back(self) -> None:
        """Free a place that was taken."""
        self._free.release()

    def close(self) -> None:
        """Let nobody in any more. Those inside stay until they are done."""
        self._closed = True
