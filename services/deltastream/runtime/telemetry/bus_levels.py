"""How full the subjects of the bus are, and how far their readers are behind."""

import time
from collections.abc import Callable, Iterable
from typing import Final

from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS, Instruments
from deltastream.runtime.trimming import FUSE

_MICROSECOND: Final = 1e-6


class BusLevels:
    """Measures the subjects of some kinds, of all products.

    The role that writes a subject measures it, so that a reader's lag is known when no reader
    lives.

    Args:
        bus: where the subjects are.
        catalog: knows the products; somebody must follow it.
        kinds: of the subjects.
        group: the readers whose lag is measured too; None is nobody's.
        limit: entries at which a subject counts as full.
        instruments: of the process.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        bus: Bus,
        catalog: Catalog,
        kinds: Iterable[SubjectKind],
        *,
        group: str | None = None,
        limit: int = FUSE,
        instruments: Instruments = PROCESS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._bus = bus
        self._catalog = catalog
        self._kinds = tuple(kinds)
        self._group = group
        self._limit = limit
        self._instruments = instruments
        self._clock = clock

    async def look(self) -> None:
        """Measure everything once.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        for product in list(self._catalog.products):
            for kind in self._kinds:
                await self._look_at(subject_of(kind, product))

    async def _look_at(self, subject: str) -> None:
        gauge = self._instruments.gauge
        backlog = await self._bus.backlog(subject)
        gauge(names.BUS_ENTRIES, subject=subject).set(backlog.held)
        gauge(names.BUS_BACKLOG_RATIO, subject=subject).set(backlog.held / self._limit)
        if self._group is None:
            return
        position = (await self._bus.positions(self._group, [subject]))[subject]
        # Of a group that has never begun nothing is unfinished, as trimming sees it.
        lag = backlog.unfinished if position else backlog.held
        seconds = await self._age_after(subject, position) if lag else 0.0
        gauge(names.CONSUMER_LAG_ENTRIES, subject=subject).set(lag)
        gauge(names.CONSUMER_LAG_SECONDS, subject=subject).set(seconds)

    async def _age_after(self, subject: str, position: int) -> float:
        """Return how old, by its sequence, the first entry after a position is; 0 without one."""
        entries = await self._bus.tail({subject: position}, limit=1, wait=0.0)
        if not entries:
            return 0.0
        return max(0.0, self._clock() - entries[0].sequence * _MICROSECOND)
