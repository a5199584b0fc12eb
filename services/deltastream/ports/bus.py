"""The event bus: durable, ordered logs that services meet on.

A bus holds any number of subjects, each an append-only log of entries with strictly increasing
sequences, chosen by the writer. Reading is by position and remembers nothing. A group of readers
remembers one thing a subject: the position up to which everything is done. It moves only forward,
and only by the hand of the replica that holds the lease (see `ports.leases`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from deltastream.ports.leases import Lease, Leases


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a subject's log.

    Attributes:
        sequence: its position, unique and increasing within the subject; at least 1.
        payload: the event, encoded by its writer.
        traceparent: where the trace of the event began (see `domain.traceparent`); None unless that
            is recorded.
    """

    subject: str
    sequence: int
    payload: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a reader of a group goes on.

    Attributes:
        position: the sequence of the last entry that is done; 0 is none.
        attempts: how often a reader has begun there, this time included. More than 1 means that
            an earlier one ended before it got any further.
    """

    position: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a subject holds, and how far it has ever gone.

    Attributes:
        first: the sequence of the oldest entry still held; 0 when none is. A reader whose position
            is below it may have missed entries.
        last: the sequence of the newest entry ever appended; 0 is none.
    """

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How full a subject is.

    Attributes:
        held: entries in the log.
        unfinished: entries that some group has yet to finish, which trimming spares.
    """

    held: int
    unfinished: int


class Bus(Protocol):
    """What services need of a bus.

    Every method raises DependencyUnavailableError when the bus does not answer. Calls may run
    concurrently. A call with leases is refused as a whole, by LeaseLostError and without any
    effect, when one of them is not held any more at the moment at which it would take effect.
    """

    @property
    def leases(self) -> Leases:
        """Who may do what, kept in the same place as the logs, so that writing can ask for it."""
        ...

    async def epoch(self) -> str:
        """Return the name of this event log. It changes only when the log is started anew."""
        ...

    async def publish(self, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        """Append entries, in order within each subject.

        An entry whose sequence is not above the subject's last is taken for a repetition of an
        earlier publish and changes nothing: publishing twice is safe.

        Args:
            entries: what to append.
            under: leases without which nothing may be appended.
        """
        ...

    async def last_sequence(self, subject: str) -> int:
        """Return the sequence of the newest entry ever appended, or 0."""
        ...

    async def tail(self, positions: Mapping[str, int], *, limit: int, wait: float) -> list[Entry]:
        """Return up to `limit` entries a subject above the given sequences, in order.

        Waits up to `wait` seconds for the first; an empty list means that none came.
        """
        ...

    async def latest(self, subject: str, *, limit: int) -> list[Entry]:
        """Return the newest entries of a subject, at most `limit`, in order."""
        ...

    async def extents(self, subjects: Collection[str]) -> dict[str, Extent]:
        """Say what each of some subjects holds, in one moment."""
        ...

    async def take_up(
        self, group: str, subjects: Sequence[str], *, under: Sequence[Lease] = ()
    ) -> dict[str, Start]:
        """Say where the group goes on in each subject, and count that a reader begins there.

        A group that is new to a subject begins before its oldest entry. From now on trimming
        spares what the group has not finished.
        """
        ...

    async def commit(
        self,
        group: str,
        positions: Mapping[str, int],
        *,
        under: Sequence[Lease] = (),
        letters: Sequence[bytes] = (),
    ) -> None:
        """Say that the group is done with everything up to these positions.

        A position that is not above the one reached changes nothing: repeating is safe.

        Args:
            group: which group.
            positions: sequence by subject; the group has taken these subjects up.
            under: leases without which nothing may be said.
            letters: events that were given up on the way, appended to the subject DEAD_LETTERS
                under sequences that the bus chooses, in the same moment as the positions move:
                either both happen or neither.
        """
        ...

    async def positions(self, group: str, subjects: Sequence[str]) -> dict[str, int]:
        """Return the group's position in each subject; 0 where it has none."""
        ...

    async def remove(self, subject: str, sequences: Sequence[int]) -> int:
        """Take single entries out of a log, and return how many were there. Repeating is safe."""
        ...

    async def trim(self, subject: str, *, keep: int, through: int | None = None) -> int:
        """Drop the oldest entries beyond the newest `keep`, and return how many were dropped.

        Never drops what a group of the subject has not finished.

        Args:
            subject: which log.
            keep: how many entries to spare at least.
            through: the highest sequence that may be dropped; None is no bound.
        """
        ...

    async def backlog(self, subject: str) -> Backlog:
        """Say how full a subject is."""
        ...

    async def close(self) -> None:
        """Release connections. The bus must not be used afterwards."""
        ...
