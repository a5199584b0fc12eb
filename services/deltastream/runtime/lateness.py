"""How late the event loop is: what everything that happens now has to wait for."""

import asyncio
from collections.abc import Callable
from typing import Final

_INTERVAL: Final = 0.01


async def watch_lateness(tell: Callable[[float], None], *, interval: float = _INTERVAL) -> None:
    """Measure, again and again, until cancelled.

    Args:
        tell: takes by how many seconds the loop was late with something that was due.
        interval: seconds from one time to the next.
    """
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + interval
        await asyncio.sleep(interval)
        tell(max(0.0, clock() - due))
