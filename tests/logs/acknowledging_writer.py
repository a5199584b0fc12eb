"""A process that logs until it is killed, and prints what was acknowledged.

python acknowledging_writer.py URL FIRST
"""

import asyncio
import sys
from itertools import count

from tests.logs.entries import entry

from deltastream.adapters.logs.choose import open_logs
from deltastream.runtime.clock import utc_now

SIZE = 10
MOST_BYTES = 1 << 24


async def main(url: str, first: int) -> None:
    """Write batch after batch."""
    store = await open_logs(url, most_bytes=MOST_BYTES, clock=utc_now)
    for batch in count(first):
        await store.append([entry(f"{batch}-{number}") for number in range(SIZE)])
        print(batch, flush=True)  # noqa: T201 - the acknowledgement


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
