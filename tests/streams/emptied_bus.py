"""A bus that can lose everything while it runs, as a Redis does that somebody flushes."""

import secrets

from deltastream.adapters.bus.memory import MemoryBus


class EmptiedBus(MemoryBus):
    """The bus in memory, and what happens to it: no connection breaks, no call fails."""

    async def lose_everything(self) -> None:
        """Start another event log, which is empty."""
        async with self._published:
            self._subjects.clear()
            self._epoch = secrets.token_hex(8)
            self._published.notify_all()
