"""The bus inside one process, for tests and for a mesh that is one process."""

import asyncio
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from deltastream.adapters.bus.checks import (
    check_entries,
    check_limit,
    check_positions,
    check_trimming,
)
from deltastream.adapters.bus.memory_leases import MemoryLeases
from deltastream.adapters.bus.memory_subject import MemorySubject
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Backlog, Entry, Extent, Start
from deltastream.ports.leases import Lease


class MemoryBus:
    """A bus that lives and dies with its object, and always answers.

    It holds every entry until it is trimmed: a subject that nobody trims grows without bound.

    Args:
        clock: seconds, always growing, by which leases and members end.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._leases = MemoryLeases(clock)
        self._epoch = secrets.token_hex(8)
        self._subjects: defaultdict[str, MemorySubject] = defaultdict(MemorySubject)
        self._published = asyncio.Condition()

    @property
    def leases(self) -> MemoryLeases:
        """See the port."""
        return self._leases

    async def epoch(self) -> str:
        """See the port."""
        return self._epoch

    async def publish(self, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        """See the port."""
        check_entries(entries)
        async with self._published:
            self._leases.check(under)
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

    async def extents(self, subjects: Collection[str]) -> dict[str, Extent]:
        """See the port."""
        return {subject: self._subjects[subject].extent() for subject in subjects}

    async def take_up(
        self, group: str, subjects: Sequence[str], *, under: Sequence[Lease] = ()
    ) -> dict[str, Start]:
        """See the port."""
        self._leases.check(under)
        return {
            subject: self._subjects[subject].group(group).begin()
            for subject in dict.fromkeys(subjects)
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
        async with self._published:
            self._leases.check(under)
            moved = False
            for subject, position in positions.items():
                state = self._subjects[subject].group(group)
                if position > state.position:
                    state.move(position)
                    moved = True
            if moved:
                self._append_letters(letters)
                self._published.notify_all()

    async def positions(self, group: str, subjects: Sequence[str]) -> dict[str, int]:
        """See the port."""
        return {subject: self._subjects[subject].position(group) for subject in subjects}

    async def remove(self, subject: str, sequences: Sequence[int]) -> int:
        """See the port."""
        return self._subjects[subject].remove(sequences)

    async def trim(self, subject: str, *, keep: int, through: int | None = None) -> int:
        """See the port."""
        check_trimming(keep=keep, through=through)
        return self._subjects[subject].trim(keep=keep, through=through)

    async def backlog(self, subject: str) -> Backlog:
        """See the port."""
        return self._subjects[subject].backlog()

    async def close(self) -> None:
        """See the port. There is nothing to release."""

    def _append_letters(self, letters: Sequence[bytes]) -> None:
        log = self._subjects[DEAD_LETTERS]
        for letter in letters:
            log.append(Entry(subject=DEAD_LETTERS, sequence=log.last + 1, payload=letter))

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
