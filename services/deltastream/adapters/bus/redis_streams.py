"""The bus on Redis Streams. Needs Redis 6.2 or later; a cluster's slots are not supported."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from deltastream.adapters.bus.checks import check_positions, check_trimming
from deltastream.adapters.bus.redis_entries import entry_id, key_of, sequence_of
from deltastream.adapters.bus.redis_fencing import run_fenced
from deltastream.adapters.bus.redis_leases import RedisLeases
from deltastream.adapters.bus.redis_log import DEPENDENCY, RedisLog, is_missing
from deltastream.adapters.bus.redis_scripts import BACKLOG, COMMIT, TAKE_UP, TRIM
from deltastream.adapters.redis_connection import answering
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Backlog, Start
from deltastream.ports.leases import Lease

_TRIMMED_AT_ONCE: Final = 500
_COUNTED_AT_ONCE: Final = 100


class RedisStreamsBus(RedisLog):
    """A bus whose logs are Redis streams.

    How far a group is, is the last delivered id of a consumer group that has no consumers, so
    that any tool that knows Redis shows it. Redis says its `lag` where the group is at the end
    or has done nothing yet; `backlog` counts it anywhere.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._leases = RedisLeases(self._commands, dependency=DEPENDENCY)
        self._take_up = self._commands.register_script(TAKE_UP)
        self._commit = self._commands.register_script(COMMIT)
        self._trim = self._commands.register_script(TRIM)
        self._backlog = self._commands.register_script(BACKLOG)

    @property
    def leases(self) -> RedisLeases:
        """See the port."""
        return self._leases

    async def take_up(
        self, group: str, subjects: Sequence[str], *, under: Sequence[Lease] = ()
    ) -> dict[str, Start]:
        """See the port. Where the stream is gone, as after a flush, it is begun anew."""
        unique = list(dict.fromkeys(subjects))
        keys = [_attempts_key(group), *map(key_of, unique)]
        call = secrets.token_hex(8)
        async with answering(DEPENDENCY):
            starts = await run_fenced(self._take_up, under=under, keys=keys, args=[group, call])
        return {
            subject: Start(position=sequence_of(position), attempts=attempts)
            for subject, (position, attempts) in zip(unique, starts, strict=True)
        }

    async def commit(
        self,
        group: str,
        positions: Mapping[str, int],
        *,
        under: Sequence[Lease] = (),
        letters: Sequence[bytes] = (),
    ) -> None:
        """See the port. Where no position moves, the letters are there already."""
        check_positions(positions)
        keys = [_attempts_key(group), key_of(DEAD_LETTERS), *map(key_of, positions)]
        args = [group, *map(entry_id, positions.values()), *letters]
        async with answering(DEPENDENCY):
            await run_fenced(self._commit, under=under, keys=keys, args=args)

    async def positions(self, group: str, subjects: Sequence[str]) -> dict[str, int]:
        """See the port. One round trip, whatever the number of subjects."""
        async with answering(DEPENDENCY):
            pipeline = self._commands.pipeline(transaction=False)
            for subject in subjects:
                pipeline.xinfo_groups(key_of(subject))
            replies = await pipeline.execute(raise_on_error=False)
            return {
                subject: _position(reply, group)
                for subject, reply in zip(subjects, replies, strict=True)
            }

    async def trim(self, subject: str, *, keep: int, through: int | None = None) -> int:
        """See the port."""
        check_trimming(keep=keep, through=through)
        last = "" if through is None else entry_id(through)
        dropped = 0
        while True:
            async with answering(DEPENDENCY):
                now_dropped = int(
                    await self._trim(keys=[key_of(subject)], args=[keep, _TRIMMED_AT_ONCE, last])
                )
            dropped += now_dropped
            if now_dropped < _TRIMMED_AT_ONCE:
                return dropped

    async def backlog(self, subject: str) -> Backlog:
        """See the port."""
        async with answering(DEPENDENCY):
            held, unfinished = await self._backlog(keys=[key_of(subject)], args=[_COUNTED_AT_ONCE])
        return Backlog(held=held, unfinished=unfinished)


def _attempts_key(group: str) -> str:
    return f"deltastream:attempts:{group}"


def _position(reply: object, group: str) -> int:
    """Read a group's position from the reply of XINFO GROUPS."""
    if isinstance(reply, Exception):
        if is_missing(reply):
            return 0
        raise reply
    assert isinstance(reply, list)  # noqa: S101 - the driver's pipelines are untyped
    for row in reply:
        if row["name"] == group.encode():
            return sequence_of(row["last-delivered-id"])
    return 0
