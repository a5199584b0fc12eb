"""Many things done at once, so many at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from tests.fixtures.eventually import eventually

T = TypeVar("T")
R = TypeVar("R")
PATIENCE_SECONDS: Final = 60.0
TOO_BUSY: Final = "OVERLOADED"


async def each_of(
    things: Iterable[T], do: Callable[[T], Awaitable[R]], *, at_once: int = 16
) -> list[R]:
    """Do something to each thing, and return the results in the order of the things.

    A mesh that is too busy refuses what it has not begun: that is asked for again.
    """
    free = asyncio.Semaphore(at_once)

    async def one(thing: T) -> R:
        async with free:
            return await eventually(
                lambda: do(thing),
                lambda result: TOO_BUSY not in str(result),
                seconds=PATIENCE_SECONDS,
            )

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(thing)) for thing in things]
    return [task.result() for task in tasks]
