"""Lets streams write a few at a time, so that other work of the event loop comes in between."""

import asyncio
from collections import deque


class Gate:
    """Admits a few in each round of the event loop; the others wait in the order they came.

    A round of the loop runs everything that is ready. Where the frames of hundreds of subscribers
    are, it lasts tens of milliseconds, and what takes several rounds, as an event does from the
    bus to the hub, waits as long in each of them. Here the frames wait instead, and hold newer
    events when they are written.

    Args:
        at_once: how many a round admits.
    """

    def __init__(self, *, at_once: int) -> None:
        self._at_once = at_once
        self._room = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def admitted(self) -> None:
        """Return when the caller may go on: at once, unless this round has admitted enough."""
        loop = asyncio.get_running_loop()
        if self._room == self._at_once:
            loop.call_soon(self._next_round)
        if self._room:
            self._room -= 1
            return
        waiter = loop.create_future()
        self._waiting.append(waiter)
        await waiter

    def _next_round(self) -> None:
        self._room = self._at_once
        while self._waiting and self._room:
            waiter = self._waiting.popleft()
            # Whoever was cancelled takes nobody's place.
            if not waiter.done():
                waiter.set_result(None)
                self._room -= 1
        if self._room < self._at_once:
            asyncio.get_running_loop().call_soon(self._next_round)
