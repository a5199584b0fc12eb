"""The log half of the bus on Redis Streams: appending, reading by position, trimming."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from redis.exceptions import ResponseError

from deltastream.adapters.bus.checks import check_keep, check_limit, check_sequences
from deltastream.adapters.bus.redis_entries import (
    PAYLOAD,
    decode,
    decode_streams,
    entry_id,
    key_of,
    sequence_of,
)
from deltastream.adapters.redis_connection import LONGEST_BLOCK, answering, open_redis
from deltastream.ports.bus import Entry

DEPENDENCY: Final = "bus"
"""The name of the bus in errors."""

_EPOCH_KEY: Final = "deltastream.epoch"
_COMMAND_CONNECTIONS: Final = 32
_READING_CONNECTIONS: Final = 256
_TRIMMED_AT_ONCE: Final = 500

# Redis tells an entry's id only together with its payload; here the payload stays in the server.
_LAST_ID_OF_RANGE: Final = """
local entries = redis.call('XRANGE', KEYS[1], '-', ARGV[1], 'COUNT', ARGV[2])
local last = entries[#entries]
return last and last[1]
"""


class RedisLog:
    """Subjects as Redis streams, one stream a subject, ids as `redis_entries` writes them.

    Commands that may be repeated have a pool of connections with one retry. Reads that block,
    or hand entries out, have another without: they cannot hold up a publisher, and are never
    repeated behind the back of their caller. At most 256 reads are under way at once.
    """

    def __init__(self, url: str) -> None:
        self._commands = open_redis(url, retries=1, connections=_COMMAND_CONNECTIONS)
        self._reads = open_redis(url, retries=0, connections=_READING_CONNECTIONS)
        self._last_id_of_range = self._commands.register_script(_LAST_ID_OF_RANGE)

    async def epoch(self) -> str:
        """See the port. A random name, kept in the same database as the streams."""
        async with answering(DEPENDENCY):
            pipeline = self._commands.pipeline(transaction=False)
            pipeline.set(_EPOCH_KEY, secrets.token_hex(8), nx=True)
            pipeline.get(_EPOCH_KEY)
            _, name = await pipeline.execute()
        return str(name.decode())

    async def publish(self, entries: Sequence[Entry]) -> None:
        """See the port. All entries in one round trip, and in one transaction.

        Without the transaction a server short of memory could refuse one entry and take the
        next; the refused one, published again, would then count as a repetition and be lost.
        """
        check_sequences(entries)
        if not entries:
            return
        async with answering(DEPENDENCY):
            pipeline = self._commands.pipeline(transaction=True)
            for entry in entries:
                fields: dict[Any, Any] = {PAYLOAD: entry.payload}
                pipeline.xadd(key_of(entry.subject), fields, id=entry_id(entry.sequence))
            for reply in await pipeline.execute(raise_on_error=False):
                if isinstance(reply, Exception) and not _is_repetition(reply):
                    raise reply

    async def last_sequence(self, subject: str) -> int:
        """See the port. Redis remembers it when the entry is long trimmed."""
        async with answering(DEPENDENCY):
            try:
                stream = await self._commands.xinfo_stream(key_of(subject))
            except ResponseError as error:
                if "no such key" in str(error):
                    return 0
                raise
        return sequence_of(stream["last-generated-id"])

    async def tail(self, positions: Mapping[str, int], *, limit: int, wait: float) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        if not positions:
            await asyncio.sleep(wait)
            return []
        streams: dict[Any, Any] = {
            key_of(subject): entry_id(sequence) for subject, sequence in positions.items()
        }
        async with answering(DEPENDENCY, wait=wait):
            reply = await first_reply(
                lambda block: self._reads.xread(streams, count=limit, block=block), wait=wait
            )
        return decode_streams(reply)

    async def latest(self, subject: str, *, limit: int) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        async with answering(DEPENDENCY):
            rows = await self._commands.xrevrange(key_of(subject), count=limit)
        return decode(subject, rows or ())[::-1]

    async def first_sequence(self, subject: str) -> int:
        """See the port."""
        async with answering(DEPENDENCY):
            rows = await self._commands.xrange(key_of(subject), count=1)
        return decode(subject, rows)[0].sequence if rows else 0

    async def trim(self, subject: str, *, keep: int) -> int:
        """See the port.

        MAXLEN would drop by number alone, also what nobody has received yet. MINID drops up to
        a place, and no place below the unfinished ones ever becomes unfinished again.
        """
        check_keep(keep)
        key = key_of(subject)
        async with answering(DEPENDENCY):
            unfinished = await self._first_unfinished(key)
        end = "+" if unfinished is None else f"({entry_id(unfinished)}"
        dropped = 0
        while now_dropped := await self._trim_some(key, keep=keep, end=end):
            dropped += now_dropped
        return dropped

    async def _trim_some(self, key: str, *, keep: int, end: str) -> int:
        async with answering(DEPENDENCY):
            excess = min(await self._commands.xlen(key) - keep, _TRIMMED_AT_ONCE)
            if excess <= 0:
                return 0
            last = await self._last_id_of_range(keys=[key], args=[end, excess])
            if last is None:
                return 0
            above = entry_id(sequence_of(last) + 1)
            return await self._commands.xtrim(key, minid=above, approximate=False)

    async def _first_unfinished(self, key: str) -> int | None:
        """Return the lowest sequence that some group has not acknowledged, or may yet receive."""
        if not await self._commands.exists(key):
            return None
        groups = await self._commands.xinfo_groups(key)
        pipeline = self._commands.pipeline(transaction=False)
        for group in groups:
            pipeline.xpending(key, group["name"])
        waiting = await pipeline.execute()
        return min(
            (
                sequence_of(pending["min"])
                if pending["pending"]
                else sequence_of(group["last-delivered-id"]) + 1
                for group, pending in zip(groups, waiting, strict=True)
            ),
            default=None,
        )

    async def close(self) -> None:
        """See the port."""
        await self._commands.aclose()
        await self._reads.aclose()


async def first_reply(read: Callable[[int | None], Awaitable[Any]], *, wait: float) -> Any:
    """Call a read that can block in the server until it brings something or the wait is over.

    Args:
        read: takes the most milliseconds to block, None for not at all (0 would mean forever).
        wait: seconds; not above 0 means one read without blocking.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    while True:
        left = min(deadline - loop.time(), LONGEST_BLOCK)
        reply = await read(max(1, round(left * 1000)) if left > 0 else None)
        if reply or loop.time() >= deadline:
            return reply


def _is_repetition(error: Exception) -> bool:
    return "equal or smaller" in str(error)
