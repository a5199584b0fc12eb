"""Keeps what comes, counts it, and wakes whoever waits for it."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.ports.clock import Clock
from deltastream.ports.log_store import LogEntry, LogStore
from deltastream.runtime.ages import write_age
from deltastream.runtime.roles import ROLES
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_log = structlog.get_logger()
_ROUND_SECONDS: Final = 60.0
# A few milliseconds of work.
_PART: Final = 500
_KNOWN: Final = frozenset(role.name for role in ROLES)
_OTHERS: Final = "other"


class Keeper:
    """The way into the log, and its upkeep.

    Attributes:
        news: set when something is kept, and another one from then on.
        draining: whether readers are to leave.
    """

    def __init__(self, store: LogStore, *, age: timedelta | None, clock: Clock) -> None:
        """Keep records in a store.

        Args:
            store: where.
            age: how long they stay; None is for as long as there is room.
            clock: the present, which ages are counted back from.
        """
        self._store = store
        self._age = age
        self._clock = clock
        self.news = asyncio.Event()
        self.draining = False
        self._dropped: Counter[str] = Counter()

    async def keep(self, entries: Sequence[LogEntry]) -> None:
        """Keep entries; they are durable when it returns.

        Raises:
            DependencyUnavailableError: the store does not answer.
        """
        self._note_dropped(await self._store.append(entries))
        for (service, level), count in Counter((e.service, e.level) for e in entries).items():
            labels = {"service": _label_of(service), "level": level.name.lower()}
            PROCESS.counter(names.LOG_RECORDS, **labels).inc(count)
        self._wake()

    @staticmethod
    async def until(news: asyncio.Event, *, at_most: float) -> None:
        """Return when there is news, or after some seconds.

        Another process may write to the same store, as while a role is replaced: who waits has to
        look for himself from time to time.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await news.wait()

    def drain(self) -> None:
        """Let every reader say goodbye."""
        self.draining = True
        self._wake()

    async def run(self) -> None:
        """Drop what is past its age, round after round, until cancelled."""
        _log.info("retention", logs=write_age(self._age))
        while True:
            await asyncio.sleep(_ROUND_SECONDS)
            await self.prune()

    async def prune(self) -> None:
        """Drop all that is past its age, and say how much was dropped since the round before."""
        try:
            if self._age is not None:
                await self._drop_older_than(self._age)
        except DependencyUnavailableError as error:
            _log.warning("pruning_interrupted", error=str(error))
        if self._dropped:
            _log.info("log_records_dropped", **self._dropped)
            self._dropped.clear()

    async def _drop_older_than(self, age: timedelta) -> None:
        before = self._clock() - age
        while True:
            dropped = await self._store.prune(before=before, limit=_PART)
            self._note_dropped(dropped)
            if sum(dropped.values()) < _PART:
                return

    def _wake(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    def _note_dropped(self, dropped: Mapping[str, int]) -> None:
        for service, count in dropped.items():
            label = _label_of(service)
            self._dropped[label] += count
            PROCESS.counter(names.LOG_RECORDS_DROPPED, service=label).inc(count)


def _label_of(service: str) -> str:
    """Return what metrics call a service: there are as many others as somebody likes to name."""
    return service if service in _KNOWN else _OTHERS
