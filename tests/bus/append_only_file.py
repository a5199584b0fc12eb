"""What a Redis has written to its append-only file."""

import asyncio

from redis.asyncio import Redis


async def everything_written(url: str) -> None:
    """Return when all that a server has acknowledged survives the end of its process.

    While a sync of the file is under way, the server holds back for up to two seconds what comes
    meanwhile, and acknowledges it: a disk that is busy with other things is enough.
    """
    async with Redis.from_url(url) as client, asyncio.timeout(20.0):
        while True:
            state = await client.info("persistence")
            if not state["aof_pending_bio_fsync"] and not state["aof_buffer_length"]:
                return
            await asyncio.sleep(0.01)
