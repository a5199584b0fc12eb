"""Waiting for something to become so, and saying when it did."""

import asyncio
import math
from collections.abc import Awaitable, Callable


async def moment_when(
    holds: Callable[[], Awaitable[bool]], *, seconds: float, every: float = 0.005
) -> float:
    """Ask until something holds.

    Args:
        holds: the question.
        seconds: how long to ask.
        every: seconds from an answer to the next question.

    Returns:
        When it did, by the loop's clock; infinity if it did not within `seconds`.
    """
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - other processes are asked
                await asyncio.sleep(every)
    except TimeoutError:
        return math.inf
    return asyncio.get_running_loop().time()


async def pause_until(moment: float) -> None:
    """Sleep until a moment by the loop's clock."""
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
