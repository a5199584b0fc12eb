"""One subject of the bus in memory: its log, and what its groups have done with it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter

from deltastream.ports.bus import Entry

_sequence = attrgetter("sequence")


@dataclass(slots=True)
class _Given:
    """An entry that a consumer has been given and that is not acknowledged."""

    entry: Entry
    consumer: str
    since: float


@dataclass(slots=True)
class MemoryGroup:
    """A group's place in the log, and what is pending behind it, by sequence.

    Attributes:
        clock: seconds, for the idleness of pending entries.
        place: the sequence of the last entry given to anyone.
    """

    clock: Callable[[], float]
    place: int = 0
    _pending: dict[int, _Given] = field(default_factory=dict)

    def give_next(self, consumer: str, entries: Iterable[Entry]) -> list[Entry]:
        """Give entries that follow the group's place, in order."""
        given = []
        for entry in entries:
            self.place = entry.sequence
            given.append(self._give(entry, consumer))
        return given

    def pending_of(self, consumer: str, *, limit: int) -> list[Entry]:
        """Give a consumer again what it has, oldest first."""
        own = [each for _, each in sorted(self._pending.items()) if each.consumer == consumer]
        return [self._give(each.entry, consumer) for each in own[:limit]]

    def claim(self, consumer: str, *, idle: float, limit: int) -> list[Entry]:
        """Give a consumer what others have had for `idle` seconds, oldest first."""
        latest = self.clock() - idle
        left = [
            each
            for _, each in sorted(self._pending.items())
            if each.consumer != consumer and each.since <= latest
        ]
        return [self._give(each.entry, consumer) for each in left[:limit]]

    def acknowledge(self, sequence: int) -> None:
        """Be done with an entry."""
        self._pending.pop(sequence, None)

    def first_unfinished(self) -> int:
        """Return the lowest sequence that is pending or may yet be given."""
        return min(self._pending, default=self.place + 1)

    def _give(self, entry: Entry, consumer: str) -> Entry:
        given = replace(entry, deliveries=entry.deliveries + 1)
        self._pending[entry.sequence] = _Given(given, consumer, self.clock())
        return given


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
            self._entries.append(replace(entry, deliveries=0))

    def first(self) -> int:
        """Return the sequence of the oldest entry held, or 0."""
        return self._entries[0].sequence if self._entries else 0

    def above(self, sequence: int, *, limit: int) -> list[Entry]:
        """Return the entries that follow a sequence."""
        start = bisect_right(self._entries, sequence, key=_sequence)
        return self._entries[start : start + limit]

    def newest(self, limit: int) -> list[Entry]:
        """Return the newest entries, in order."""
        return self._entries[-limit:]

    def trim(self, *, keep: int) -> int:
        """Drop the oldest beyond `keep` that every group is done with; return their number."""
        excess = max(0, len(self._entries) - keep)
        for group in self.groups.values():
            finished = bisect_left(self._entries, group.first_unfinished(), key=_sequence)
            excess = min(excess, finished)
        del self._entries[:excess]
        return excess
