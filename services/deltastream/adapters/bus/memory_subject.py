"""One subject of the bus in memory: its log, and how far its groups are."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from deltastream.ports.bus import Backlog, Entry, Extent, Start

_sequence = attrgetter("sequence")


@dataclass(slots=True)
class MemoryGroup:
    """How far a group is, and how often it has begun there.

    Attributes:
        position: the sequence of the last entry that is done.
        attempts: how often a reader has begun at this position.
    """

    position: int = 0
    attempts: int = 0

    def begin(self) -> Start:
        """Count that a reader begins here, and say where that is."""
        self.attempts += 1
        return Start(position=self.position, attempts=self.attempts)

    def move(self, position: int) -> None:
        """Be done with everything up to a higher position."""
        self.position = position
        self.attempts = 0


@dataclass(slots=True)
class MemorySubject:
    """A log with its groups. `last` outlives the entry it names."""

    last: int = 0
    groups: dict[str, MemoryGroup] = field(default_factory=dict)
    _entries: list[Entry] = field(default_factory=list)

    def append(self, entry: Entry) -> None:
        """Append an entry, unless its sequence is not above the last."""
        if entry.sequence > self.last:
            self.last = entry.sequence
            self._entries.append(entry)

    def extent(self) -> Extent:
        """Say what is held, and how far the log has ever gone."""
        return Extent(first=self._entries[0].sequence if self._entries else 0, last=self.last)

    def above(self, sequence: int, *, limit: int) -> list[Entry]:
        """Return the entries that follow a sequence."""
        start = bisect_right(self._entries, sequence, key=_sequence)
        return self._entries[start : start + limit]

    def newest(self, limit: int) -> list[Entry]:
        """Return the newest entries, in order."""
        return self._entries[-limit:]

    def group(self, name: str) -> MemoryGroup:
        """Return a group, which begins before the oldest entry when it is new."""
        return self.groups.setdefault(name, MemoryGroup())

    def position(self, name: str) -> int:
        """Return how far a group is; 0 when the subject does not know it."""
        return self.groups[name].position if name in self.groups else 0

    def remove(self, sequences: Iterable[int]) -> int:
        """Take single entries out, and return how many were there."""
        removed = 0
        for sequence in set(sequences):
            index = bisect_left(self._entries, sequence, key=_sequence)
            if self._entries[index : index + 1] and self._entries[index].sequence == sequence:
                del self._entries[index]
                removed += 1
        return removed

    def trim(self, *, keep: int, through: int | None) -> int:
        """Drop the oldest beyond `keep` that every group is done with; return their number."""
        excess = min(max(0, len(self._entries) - keep), self._finished())
        if through is not None:
            excess = min(excess, bisect_right(self._entries, through, key=_sequence))
        del self._entries[:excess]
        return excess

    def backlog(self) -> Backlog:
        """Say how full the log is."""
        held = len(self._entries)
        return Backlog(held=held, unfinished=held - self._finished())

    def _finished(self) -> int:
        """Return how many of the oldest entries no group has still to do."""
        if not self.groups:
            return len(self._entries)
        reached = min(group.position for group in self.groups.values())
        return bisect_right(self._entries, reached, key=_sequence)
