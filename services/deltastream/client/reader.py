"""Who waits for the next response of a stream."""

import asyncio


class WaitingReader:
    """A task that waits for a response, which another task can have stop waiting.

    It is ended as `asyncio.timeout` ends a block: who is cancelled by somebody else as well, stays
    cancelled.
    """

    def __init__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - coroutines of asyncio run in one
        self._task = task
        self._cancelling = task.cancelling()
        self._is_sent_away = False
        self._gone = asyncio.Event()

    def leave(self) -> None:
        """Wait no longer, for whatever reason."""
        self._gone.set()

    async def send_away(self) -> None:
        """Let it stop waiting, and return when it has."""
        if not self._is_sent_away:
            self._is_sent_away = True
            self._task.cancel()
        await self._gone.wait()

    def was_sent_away(self) -> bool:
        """Say, once it is cancelled, whether that was all that was meant."""
        return self._is_sent_away and self._task.uncancel() <= self._cancelling
