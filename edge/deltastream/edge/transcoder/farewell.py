"""Ends what would not end by itself when the edge goes away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class GoingAwayError(Exception):
    """The edge goes away."""


class Farewell:
    """Lets every response that is under way say goodbye, at once, when the server shuts down.

    Otherwise the server would wait for each until its patience ends, and then cut it off.
    """

    def __init__(self) -> None:
        """Nothing is under way."""
        self._begun = False
        self._waiting: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def interrupting(self) -> AsyncIterator[None]:
        """Interrupt the block when the server shuts down.

        Raises:
            GoingAwayError: it does.
        """
        try:
            async with asyncio.timeout(0 if self._begun else None) as interruption:
                self._waiting.add(interruption)
                try:
                    yield
                finally:
                    self._waiting.discard(interruption)
        except TimeoutError:
            raise GoingAwayError from None

    async def begin(self, _: web.Application) -> None:
        """Interrupt everything, as an `on_shutdown` handler."""
        self._begun = True
        now = asyncio.get_running_loop().time()
        for interruption in tuple(self._waiting):
            interruption.reschedule(now)
