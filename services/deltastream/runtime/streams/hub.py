"""Follows one kind of event on the bus, once, for any number of subscribers."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import product_of, subject_of
from deltastream.log_library import structlog
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.backoff import patiently
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.event import Update
from deltastream.runtime.streams.followed_log import FollowedLog
from deltastream.runtime.streams.gate import Gate
from deltastream.runtime.streams.kind import EventKind
from deltastream.runtime.streams.mailbox import Doorbell
from deltastream.runtime.streams.turns import Turn

_log = structlog.get_logger()
_BATCH: Final = 256
_PRIMING: Final = 64
_WAIT_SECONDS: Final = 1.0
_READY_SECONDS: Final = 3.0
# A subject on which entries are handed over is not read, until none has come for so long.
_HANDED_SECONDS: Final = 0.25
_SECONDS_A_SUBSCRIBER: Final = 0.0004
# Some five milliseconds. With fewer, what the loop does besides costs the frames their time.
_FRAMES_AT_ONCE: Final = 32
# Reading much at once is far cheaper than reading each entry as it comes.
_UNHEARD_SECONDS: Final = 0.1
SPARED_ENTRIES: Final = 100
"""The least number of entries a subject that trimming leaves; `bus_keep` cannot be lower.

A reader that falls behind what the hub holds must find it on the bus.
"""


class StreamHub:
    """Reads the bus once, and hands each update, encoded, to all who listen.

    Subscribing and the delivery of updates happen on one event loop without a pause between
    looking at what is latest and listening: nothing falls between snapshot and live.

    Attributes:
        bus: what it reads.
        catalog: the products that there are.
        kind: how the entries are read.
        log: what has been read. Another object takes its place when the bus starts another log.
        draining: whether every stream is to end.
        gate: passed before what is next for a subscriber is taken.
    """

    def __init__(self, *, bus: Bus, catalog: Catalog, kind: EventKind[Any]) -> None:
        self.bus = bus
        self.catalog = catalog
        self.kind = kind
        self.log = FollowedLog("", kind)
        self.draining = False
        self.gate = Gate(at_once=_FRAMES_AT_ONCE)
        self._listeners: set[Doorbell] = set()
        self._numbers = itertools.count()
        self._heard = asyncio.Event()
        self._ready = asyncio.Event()
        self._epoch_checked_at = 0.0
        self._handed_at: dict[str, float] = {}

    @property
    def interval(self) -> float:
        """The seconds from one of a subscriber's turns to the next, to gather what comes.

        A frame costs the server 0.1 to 0.2 ms, whatever is in it. However many subscribers there
        are, their frames take less than half a core; and a few subscribers do not wait at all.
        """
        return len(self._listeners) * _SECONDS_A_SUBSCRIBER

    def turn(self) -> Turn:
        """Return the turn of another subscriber, apart from those of the others."""
        return Turn.of(next(self._numbers))

    async def run(self) -> None:
        """Follow the bus until cancelled; a bus that is away is waited for."""
        while True:
            await patiently(
                self._follow, event="stream_source_unavailable", kind=self.kind.subjects
            )

    async def ready(self) -> None:
        """Wait a moment for a hub that has just started.

        Raises:
            DependencyUnavailableError: it cannot read the bus.
        """
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            raise DependencyUnavailableError("bus") from None

    @contextmanager
    def listening(self, listener: Doorbell) -> Iterator[None]:
        """Offer updates to a listener while the block runs."""
        self._listeners.add(listener)
        self._heard.set()
        try:
            yield
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._heard.clear()

    def take_published(self, entry: Entry, *, after: int) -> None:
        """Take an entry from who has just published it: the bus has it, and it is read no more.

        Args:
            entry: what was published.
            after: the sequence of the entry right before it. Unless the hub has got to that one, it
                finds both on the bus.
        """
        product = product_of(entry.subject)
        if self.log.positions.get(product) == after:
            self._handed_at[product] = asyncio.get_running_loop().time()
            self._offer(self.log.take(entry))

    def drain(self) -> None:
        """Let every subscriber say goodbye."""
        self.draining = True
        self._ring()

    async def _follow(self) -> None:
        """Follow one event log, to its end."""
        await self.catalog.refresh()
        epoch = await self.bus.epoch()
        if epoch != self.log.epoch:
            await self._start_anew(epoch)
        while await self._is_current():
            await self._prime(self.log)
            handed = self._handed()
            wait = _HANDED_SECONDS if handed else _WAIT_SECONDS
            subjects = {
                subject_of(self.kind.subjects, product): at
                for product, at in self.log.positions.items()
                if product not in handed
            }
            if not subjects:
                await self.catalog.refresh(wait=wait)
                continue
            for entry in await self.bus.tail(subjects, limit=_BATCH, wait=wait):
                self._offer(self.log.take(entry))
            await self._until_heard()

    def _handed(self) -> set[str]:
        """Return the products whose entries are handed over at present."""
        since = asyncio.get_running_loop().time() - _HANDED_SECONDS
        self._handed_at = {p: at for p, at in self._handed_at.items() if at > since}
        return set(self._handed_at)

    async def _until_heard(self) -> None:
        """Return when somebody listens, or after a moment: without listeners there is no hurry."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_UNHEARD_SECONDS):
                await self._heard.wait()

    async def _start_anew(self, epoch: str) -> None:
        """Take up another event log, with the state that it has, in one moment."""
        log = FollowedLog(epoch, self.kind)
        await self._prime(log)
        if self.log.epoch:
            _log.warning("stream_source_restarted", kind=self.kind.subjects, epoch=epoch)
        self.log = log
        self._ready.set()
        self._ring()

    async def _is_current(self) -> bool:
        """Ask now and then whether the bus still has the log that is followed.

        One that was emptied while it runs breaks no connection.
        """
        now = asyncio.get_running_loop().time()
        if now - self._epoch_checked_at < _WAIT_SECONDS:
            return True
        self._epoch_checked_at = now
        return await self.bus.epoch() == self.log.epoch

    async def _prime(self, log: FollowedLog) -> None:
        """Read the recent past of products that were not followed yet."""
        for product in self.catalog.products.keys() - log.positions.keys():
            subject = subject_of(self.kind.subjects, product)
            for entry in await self.bus.latest(subject, limit=_PRIMING):
                updates = log.take(entry)
                if log is self.log:
                    self._offer(updates)
            log.positions.setdefault(product, 0)

    def _offer(self, updates: tuple[Update, ...]) -> None:
        for listener in self._listeners:
            listener.offer(updates)

    def _ring(self) -> None:
        for listener in self._listeners:
            listener.ring()
