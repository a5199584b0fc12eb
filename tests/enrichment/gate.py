"""Something whose calls wait while its gate is closed, as those of a frozen process do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class Gate:
    """Something real, behind a gate. What was called before it closed goes through.

    Args:
        real: what is behind it.
        only: the one method that waits; empty is all.
    """

    def __init__(self, real: Any, *, only: str = "", opened: asyncio.Event | None = None) -> None:
        self._real = real
        self._only = only
        self._opened = opened or asyncio.Event()
        self._waiting = 0
        if opened is None:
            self._opened.set()

    def close_gate(self) -> None:
        self._opened.clear()

    def open_gate(self) -> None:
        self._opened.set()

    async def waiting(self) -> int:
        """Return how many calls wait."""
        return self._waiting

    @property
    def leases(self) -> "Gate":
        return Gate(self._real.leases, only=self._only, opened=self._opened)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **options: Any) -> Any:
            if self._only in {"", name}:
                self._waiting += 1
                await self._opened.wait()
                self._waiting -= 1
            return await getattr(self._real, name)(*arguments, **options)

        return call
