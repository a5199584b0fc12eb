"""The event bus: durable, ordered logs that services meet on.

A bus holds any number of subjects, each an append-only log of entries with strictly increasing
sequences, chosen by the writer. Reading is by position (`tail`), which remembers nothing, or by
group (`receive`), which remembers what each group has been given and what it has acknowledged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a subject's log.

    Attributes:
        sequence: its position, unique and increasing within the subject; at least 1.
        payload: the event, encoded by its writer.
        deliveries: how often the group that receives it was given it; 0 outside groups.
    """

    subject: str
    sequence: int
    payload: bytes
    deliveries: int = 0


class Bus(Protocol):
    """What services need of a bus.

    Every method raises DependencyUnavailableError when the bus does not answer. Calls may run
    concurrently.
    """

    async def epoch(self) -> str:
        """Return the name of this event log. It changes only when the log is started anew."""
        ...

    async def publish(self, entries: Sequence[Entry]) -> None:
        """Append entries, in order within each subject.

        An entry whose sequence is not above the subject's last is taken for a repetition of an
        earlier publish and changes nothing: publishing twice is safe.
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

    async def first_sequence(self, subject: str) -> int:
        """Return the sequence of the oldest entry still held, or 0 when none is.

        A reader whose position is below it may have missed entries.
        """
        ...

    async def join(self, group: str, subjects: Sequence[str]) -> None:
        """Make the group exist on each subject, from its oldest entry. Repeating is safe."""
        ...

    async def receive(
        self, group: str, consumer: str, subjects: Sequence[str], *, limit: int, wait: float
    ) -> list[Entry]:
        """Give the group's next entries, up to `limit` a subject, to this consumer, in order.

        They stay pending until acknowledged. Waits up to `wait` seconds for the first. The group
        must have joined the subjects.
        """
        ...

    async def pending(self, group: str, consumer: str, subject: str, *, limit: int) -> list[Entry]:
        """Return what this consumer was given and has not acknowledged, oldest first.

        This is how a restarted consumer goes on where it died; each call counts as a delivery.
        """
        ...

    async def claim(
        self, group: str, consumer: str, subject: str, *, idle: float, limit: int
    ) -> list[Entry]:
        """Take over what other consumers have left pending for `idle` seconds, oldest first."""
        ...

    async def acknowledge(self, group: str, entries: Sequence[Entry]) -> None:
        """Say that the group is done with these entries. Repeating is safe."""
        ...

    async def trim(self, subject: str, *, keep: int) -> int:
        """Drop the oldest entries beyond the newest `keep`, and return how many were dropped.

        Never drops what a group of the subject has not acknowledged.
        """
        ...

    async def close(self) -> None:
        """Release connections. The bus must not be used afterwards."""
        ...
