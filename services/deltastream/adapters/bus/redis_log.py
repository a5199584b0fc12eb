"""The log half of the bus on Redis Streams: appending and reading by position."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final

from deltastream.adapters.bus.checks import check_entries, check_limit
from deltastream.adapters.bus.redis_entries import (
    decode,
    decode_streams,
    entry_id,
    key_of,
    sequence_of,
)
from deltastream.adapters.bus.redis_fencing import run_fenced
from deltastream.adapters.bus.redis_scripts import EXTENTS, PUBLISH
from deltastream.adapters.redis_connection import (
    LONGEST_BLOCK,
    answering,
    cancellable,
    open_pool,
    open_redis,
)
from deltastream.adapters.redis_library import ResponseError
from deltastream.adapters.redis_lines import RedisLines, Script
from deltastream.ports.bus import Entry, Extent
from deltastream.ports.leases import Lease

DEPENDENCY: Final = "bus"
"""The name of the bus in errors."""

_EPOCH_KEY: Final = "deltastream.epoch"
_COMMAND_CONNECTIONS: Final = 32
_READING_CONNECTIONS: Final = 256


class RedisLog:
    """Subjects as Redis streams, one stream a subject, ids as `redis_entries` writes them.

    Commands that may be repeated have connections with one retry: a client's pool, and lines for
    what comes with every entry. Reads that block have lines without, and so cannot hold up a
    publisher. At most 256 reads are under way at once.
    """

    def __init__(self, url: str) -> None:
        self._commands = open_redis(url, retries=1, connections=_COMMAND_CONNECTIONS)
        self._lines = RedisLines(open_pool(url, retries=1, connections=_COMMAND_CONNECTIONS))
        self._reads = RedisLines(open_pool(url, retries=0, connections=_READING_CONNECTIONS))
        self._publish = Script(self._lines, PUBLISH)
        self._extents = self._commands.register_script(EXTENTS)

    async def epoch(self) -> str:
        """See the port. A random name, kept in the same database as the streams."""
        async with answering(DEPENDENCY):
            pipeline = self._commands.pipeline(transaction=False)
            pipeline.set(_EPOCH_KEY, secrets.token_hex(8), nx=True)
            pipeline.get(_EPOCH_KEY)
            _, name = await pipeline.execute()
        return str(name.decode())

    async def publish(self, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        """See the port. All entries in one round trip, and in one script.

        A server short of memory refuses all of them or none. Refusing one and taking the next
        would lose it: published again, it would count as a repetition.
        """
        check_entries(entries)
        if not entries and not under:
            return
        numbers: dict[str, int] = {}
        args: list[Any] = []
        for entry in entries:
            number = numbers.setdefault(entry.subject, len(numbers) + 1)
            if entry.traceparent is None:
                args += (number, entry_id(entry.sequence), entry.payload)
            else:
                args += (-number, entry_id(entry.sequence), entry.payload, entry.traceparent)
        keys = [key_of(subject) for subject in numbers]
        async with answering(DEPENDENCY):
            await run_fenced(self._publish, under=under, keys=keys, args=args)

    async def last_sequence(self, subject: str) -> int:
        """See the port. Redis remembers it when the entry is long trimmed."""
        async with answering(DEPENDENCY):
            try:
                stream = await self._commands.xinfo_stream(key_of(subject))
            except ResponseError as error:
                if is_missing(error):
                    return 0
                raise
        return sequence_of(stream["last-generated-id"])

    async def tail(self, positions: Mapping[str, int], *, limit: int, wait: float) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        if not positions:
            await asyncio.sleep(wait)
            return []
        keys, places = map(key_of, positions), map(entry_id, positions.values())
        streams = ("COUNT", limit, "STREAMS", *keys, *places)
        async with answering(DEPENDENCY, wait=wait):
            reply = await _first_reply(
                lambda block: self._reads.call("XREAD", *_blocking(block), *streams), wait=wait
            )
        return decode_streams(reply or ())

    async def latest(self, subject: str, *, limit: int) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        async with answering(DEPENDENCY):
            key = key_of(subject)
            rows = await self._lines.call("XREVRANGE", key, "+", "-", "COUNT", limit)
        return decode(subject, rows)[::-1]

    async def extents(self, subjects: Collection[str]) -> dict[str, Extent]:
        """See the port."""
        unique = list(dict.fromkeys(subjects))
        async with answering(DEPENDENCY):
            ends = await self._extents(keys=[key_of(subject) for subject in unique])
        return {
            subject: Extent(first=sequence_of(first), last=sequence_of(last))
            for subject, (first, last) in zip(unique, ends, strict=True)
        }

    async def remove(self, subject: str, sequences: Sequence[int]) -> int:
        """See the port. Never repeated by the driver, which would make the answer wrong."""
        ids: list[Any] = [entry_id(sequence) for sequence in sequences if sequence > 0]
        if not ids:
            return 0
        async with answering(DEPENDENCY):
            return int(await self._reads.call("XDEL", key_of(subject), *ids))

    async def close(self) -> None:
        """See the port."""
        await self._commands.aclose()
        await self._lines.close()
        await self._reads.close()


async def _first_reply(read: Callable[[int | None], Awaitable[Any]], *, wait: float) -> Any:
    """Call a read that can block in the server until it brings something or the wait is over.

    Args:
        read: takes the most milliseconds to block, None for not at all (0 would mean forever).
        wait: seconds; not above 0 means one read without blocking.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    while True:
        left = min(deadline - loop.time(), LONGEST_BLOCK)
        with cancellable():
            reply = await read(max(1, round(left * 1000)) if left > 0 else None)
        if reply or loop.time() >= deadline:
            return reply


def _blocking(milliseconds: int | None) -> tuple[Any, ...]:
    return () if milliseconds is None else ("BLOCK", milliseconds)


def is_missing(error: Exception) -> bool:
    """Say whether a command failed because there is no such stream."""
    return "no such key" in str(error)
