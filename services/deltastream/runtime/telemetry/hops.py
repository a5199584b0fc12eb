"""How far events have come, and how old they were by then.

Age counts from the event's sequence, which is the microsecond at which the feed numbered it, and
not from the market's own time: a replay of last year would be a year late at every step.
"""

import time
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from deltastream.ports.bus import Entry
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS, ByValue, Instruments
from deltastream.runtime.telemetry.kinds import EventKind, event_kind_of

_MICROSECOND: Final = 1e-6


class Hop(StrEnum):
    """How far an event has come."""

    PUBLISHED = "published"
    ENRICHED = "enriched"
    STORED = "stored"
    SENT = "sent"


class Ages:
    """Takes note of how old events are at one hop. Entries are looked at, not what is in them.

    Args:
        hop: which.
        instruments: of the process.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        hop: Hop,
        *,
        instruments: Instruments = PROCESS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._ages = ByValue(
            lambda kind: instruments.histogram(names.EVENT_AGE, hop=hop, kind=kind)
        )

    def note(self, entries: Iterable[Entry]) -> None:
        """Take note of the age of each of some entries."""
        now = self._clock()
        for entry in entries:
            self._observe(event_kind_of(entry.subject), entry.sequence, now)

    def note_one(self, kind: EventKind, sequence: int) -> None:
        """Take note of the age of an event."""
        self._observe(kind, sequence, self._clock())

    def _observe(self, kind: EventKind, sequence: int, now: float) -> None:
        # A feed whose clock was set back numbers events ahead of it.
        self._ages[kind].observe(max(0.0, now - sequence * _MICROSECOND))


class Published:
    """Counts what the bus has acknowledged, and takes note of how old it was.

    Args:
        hop: which that is.
        instruments: of the process.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        hop: Hop,
        *,
        instruments: Instruments = PROCESS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ages = Ages(hop, instruments=instruments, clock=clock)
        self._counts = ByValue(lambda kind: instruments.counter(names.BUS_PUBLISHED, kind=kind))

    def note(self, entries: Iterable[Entry]) -> None:
        """Count entries, each of them once."""
        entries = tuple(entries)
        self._ages.note(entries)
        for entry in entries:
            self._counts[event_kind_of(entry.subject)].inc()
