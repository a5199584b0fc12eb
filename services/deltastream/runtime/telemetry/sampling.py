"""What is looked at now and then, because nothing happens here when it changes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError

INTERVAL: Final = 5.0
"""Seconds from one look to the next: some questions to the bus for each subject."""

Look = Callable[[], Awaitable[None]]
"""Looks at something, and sets gauges by it."""


async def look_repeatedly(*looks: Look, interval: float = INTERVAL) -> None:
    """Look at everything, again and again, until cancelled.

    What cannot be asked keeps its last value meanwhile; that its dependency is away is measured
    elsewhere.
    """
    while True:
        for look in looks:
            try:
                await look()
            except DependencyUnavailableError:
                continue
        await asyncio.sleep(interval)
