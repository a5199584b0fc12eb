"""A process that writes until it is killed, and prints what was acknowledged.

    python acknowledging_writer.py URL FIRST

Batch number N, from FIRST on, is SIZE ticks and one chain: the ticks with the sequences from
N * SIZE, the chain with the sequence N + 1. Its number is printed when both are acknowledged.
"""

import asyncio
import sys
from itertools import count

from tests.store.market_events import chain, tick

from deltastream.adapters.store.choose import open_store

SIZE = 20
WRITERS = 4


async def main(url: str, first: int) -> None:
    """Write with several writers at a time."""
    store = await open_store(url)
    numbers = count(first)

    async def write() -> None:
        for number in numbers:
            await store.put_ticks([tick(number * SIZE + offset) for offset in range(SIZE)])
            await store.put_chains([chain(number, sequence=number + 1)])
            print(number, flush=True)  # noqa: T201 - the acknowledgement

    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(write())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
