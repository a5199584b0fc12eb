"""Threads for computations that would hold the event loop up."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self, TypeVar

THREADS: Final = 2

ResultT = TypeVar("ResultT")


class Workers:
    """Runs computations in a few threads. More computations than threads wait, in order.

    What waits is bounded by the calls that the server takes. A caller that gives up while its
    computation runs leaves it running, and its result is dropped.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="analytics")

    async def run(self, compute: Callable[[], ResultT]) -> ResultT:
        """Compute in a thread, and return the result or raise the failure."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, compute)

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
