"""The bus inside one process, for tests and for a mesh that is one process."""

import asyncio
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from deltastream.adapters.bus.checks import check_keep, check_limit, check_sequences
from deltastream.adapters.bus.memory_subject import MemoryGroup, MemorySubject
from deltastream.ports.bus import Entry


class MemoryBus:
    """A bus that lives and dies with its object, and always answers.

    It holds every entry until it is trimmed: a subject that nobody trims grows without bound.

    Args:
        clock: seconds, for the idleness of pending entries.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._epoch = secrets.token_hex(8)
        self._subjects: defaultdict[str, MemorySubject] = defaultdict(MemorySubject)
        self._published = asyncio.Condition()

    async def epoch(self) -> str:
        """See the port."""
        return self._epoch

    async def publish(self, entries: Sequence[Entry]) -> None:
        """See the port."""
        check_sequences(entries)
        async with self._published:
            for entry in entries:
                self._subjects[entry.subject].append(entry)
            self._published.notify_all()

    async def last_sequence(self, subject: str) -> int:
        """See the port."""
        return self._subjects[subject].last

    async def tail(self, positions: Mapping[str, int], *, limit: int, wait: float) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        return await self._first(
            lambda: [
                entry
                for subject, sequence in positions.items()
                for entry in self._subjects[subject].above(sequence, limit=limit)
            ],
            wait=wait,
        )

    async def latest(self, subject: str, *, limit: int) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        return self._subjects[subject].newest(limit)

    async def first_sequence(self, subject: str) -> int:
        """See the port."""
        return self._subjects[subject].first()

    async def join(self, group: str, subjects: Sequence[str]) -> None:
        """See the port."""
        for subject in subjects:
            self._joined(group, subject)

    async def receive(
        self, group: str, consumer: str, subjects: Sequence[str], *, limit: int, wait: float
    ) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        return await self._first(
            lambda: [
                entry
                for subject in subjects
                for entry in self._give_next(group, consumer, subject, limit)
            ],
            wait=wait,
        )

    async def pending(self, group: str, consumer: str, subject: str, *, limit: int) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        state = self._subjects[subject].groups.get(group)
        return state.pending_of(consumer, limit=limit) if state else []

    async def claim(
        self, group: str, consumer: str, subject: str, *, idle: float, limit: int
    ) -> list[Entry]:
        """See the port."""
        check_limit(limit)
        state = self._subjects[subject].groups.get(group)
        return state.claim(consumer, idle=idle, limit=limit) if state else []

    async def acknowledge(self, group: str, entries: Sequence[Entry]) -> None:
        """See the port."""
        for entry in entries:
            state = self._subjects[entry.subject].groups.get(group)
            if state:
                state.acknowledge(entry.sequence)

    async def trim(self, subject: str, *, keep: int) -> int:
        """See the port."""
        check_keep(keep)
        return self._subjects[subject].trim(keep=keep)

    async def close(self) -> None:
        """See the port. There is nothing to release."""

    def _joined(self, name: str, subject: str) -> MemoryGroup:
        return self._subjects[subject].groups.setdefault(name, MemoryGroup(self._clock))

    def _give_next(self, group: str, consumer: str, subject: str, limit: int) -> list[Entry]:
        state = self._joined(group, subject)
        following = self._subjects[subject].above(state.place, limit=limit)
        return state.give_next(consumer, following)

    async def _first(self, read: Callable[[], list[Entry]], *, wait: float) -> list[Entry]:
        """Read again after every publish, until something is there or the wait is over."""
        deadline = asyncio.get_running_loop().time() + wait
        async with self._published:
            while not (entries := read()):
                try:
                    async with asyncio.timeout_at(deadline):
                        await self._published.wait()
                except TimeoutError:
                    return read()
            return entries
