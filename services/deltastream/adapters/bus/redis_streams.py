"""The bus on Redis Streams. Needs Redis 6.2 or later; a cluster's slots are not supported."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from redis.exceptions import ResponseError

from deltastream.adapters.bus.checks import check_limit
from deltastream.adapters.bus.handed_out import HandedOut, Reader
from deltastream.adapters.bus.redis_entries import decode, decode_streams, entry_id, key_of
from deltastream.adapters.bus.redis_log import DEPENDENCY, RedisLog, first_reply
from deltastream.adapters.bus.redis_pending import given_to, is_group_missing, left_by_others
from deltastream.adapters.redis_connection import answering
from deltastream.ports.bus import Entry

_BEGINNING: Final = "0"
_NEXT: Final = ">"


class RedisStreamsBus(RedisLog):
    """A bus whose logs are Redis streams and whose groups are their consumer groups.

    Entries of a reply that was lost come with the consumer's next `receive`, before anything
    newer, so that order holds. A consumer makes one call of `receive` at a time.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._handed_out = HandedOut()

    async def join(self, group: str, subjects: Sequence[str]) -> None:
        """See the port."""
        async with answering(DEPENDENCY):
            pipeline = self._commands.pipeline(transaction=False)
            for subject in subjects:
                pipeline.xgroup_create(key_of(subject), group, id=_BEGINNING, mkstream=True)
            for reply in await pipeline.execute(raise_on_error=False):
                if isinstance(reply, Exception) and not str(reply).startswith("BUSYGROUP"):
                    raise reply

    async def receive(
        self, group: str, consumer: str, subjects: Sequence[str], *, limit: int, wait: float
    ) -> list[Entry]:
        """See the port. Where the group is gone, as after a flush, it joins again by itself."""
        check_limit(limit)
        if not subjects:
            await asyncio.sleep(wait)
            return []
        readers = [Reader(group, consumer, subject) for subject in subjects]
        for reader, sequence in self._handed_out.doubts(readers):
            if missed := await self._own_pending(reader, after=sequence, limit=limit):
                return missed
        with self._handed_out.in_doubt_on_failure(readers):
            async with answering(DEPENDENCY, wait=wait):
                reply = await first_reply(
                    lambda block: self._read_group(group, consumer, subjects, limit, block),
                    wait=wait,
                )
        entries = decode_streams(reply, deliveries=1)
        for entry in entries:
            self._handed_out.reached(Reader(group, consumer, entry.subject), entry.sequence)
        return entries

    async def _read_group(
        self, group: str, consumer: str, subjects: Sequence[str], limit: int, block: int | None
    ) -> Any:
        streams: dict[Any, Any] = {key_of(subject): _NEXT for subject in subjects}
        try:
            return await self._reads.xreadgroup(group, consumer, streams, limit, block)
        except ResponseError as error:
            if not is_group_missing(error):
                raise
        await self.join(group, subjects)
        return await self._reads.xreadgroup(group, consumer, streams, limit, block)

    async def pending(self, group: str, consumer: str, subject: str, *, limit: int) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        return await self._own_pending(Reader(group, consumer, subject), after=0, limit=limit)

    async def _own_pending(self, reader: Reader, *, after: int, limit: int) -> list[Entry]:
        with self._handed_out.in_doubt_on_failure([reader]):
            async with answering(DEPENDENCY):
                given = await given_to(self._commands, reader, after=after, limit=limit)
                entries = await self._take(reader, given, idle=0)
                await self._forget_deleted(reader, given, entries)
        self._handed_out.looked(reader, up_to=max(given) if len(given) == limit else None)
        return entries

    async def _forget_deleted(
        self, reader: Reader, given: Mapping[int, int], entries: Sequence[Entry]
    ) -> None:
        """Acknowledge what is pending and no more in the log, as Redis 7 does by itself.

        Trimming never makes such entries; someone else deleted them. Pending for ever, they
        would keep the log from being trimmed.
        """
        deleted = given.keys() - {entry.sequence for entry in entries}
        if deleted:
            ids = map(entry_id, deleted)
            await self._commands.xack(key_of(reader.subject), reader.group, *ids)

    async def claim(
        self, group: str, consumer: str, subject: str, *, idle: float, limit: int
    ) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        reader = Reader(group, consumer, subject)
        milliseconds = round(idle * 1000)
        async with answering(DEPENDENCY):
            left = await left_by_others(self._commands, reader, idle=milliseconds, limit=limit)
            if not left:
                return []
            with self._handed_out.in_doubt_on_failure([reader], after=min(left) - 1):
                return await self._take(reader, left, idle=milliseconds)

    async def _take(self, reader: Reader, given: Mapping[int, int], *, idle: int) -> list[Entry]:
        """Make pending entries the reader's, unless someone took them in the last `idle` ms."""
        if not given:
            return []
        ids: list[Any] = [entry_id(sequence) for sequence in given]
        key = key_of(reader.subject)
        rows = await self._reads.xclaim(key, reader.group, reader.consumer, idle, ids)
        entries = decode(reader.subject, rows)
        for entry in entries:
            self._handed_out.reached(reader, entry.sequence)
        return [replace(entry, deliveries=given[entry.sequence] + 1) for entry in entries]

    async def acknowledge(self, group: str, entries: Sequence[Entry]) -> None:
        """See the port. One round trip, whatever the number of subjects."""
        if not entries:
            return
        ids: dict[str, list[Any]] = {}
        for entry in entries:
            ids.setdefault(entry.subject, []).append(entry_id(entry.sequence))
        async with answering(DEPENDENCY):
            pipeline = self._commands.pipeline(transaction=False)
            for subject, acknowledged in ids.items():
                pipeline.xack(key_of(subject), group, *acknowledged)
            await pipeline.execute()
