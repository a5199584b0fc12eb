"""Follows one kind of event on the bus, once, for any number of subscribers."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Generic, TypeVar

import structlog

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import SubjectKind, product_of, subject_of
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.mailbox import Mailbox, Update

EventT = TypeVar("EventT")
_log = structlog.get_logger()
_BATCH: Final = 256
_PRIMING: Final = 64
_WAIT_SECONDS: Final = 1.0
SPARED_ENTRIES: Final = 100
"""The least number of entries a subject that trimming leaves; `bus_keep` cannot be lower."""


class StreamHub(Generic[EventT]):
    """Keeps the latest event of every state, and hands each new one to the subscribers.

    Subscribing and the delivery of updates happen on one event loop without a pause between
    looking at `latest` and receiving in the mailbox: nothing falls between snapshot and live.

    Args:
        key_of: names what an event is a new value of: for a slow subscriber, it takes the place
            of the one before.
        time_of: when it happened.
        state_of: names what a snapshot shows one value of, where keys become ever more; None is
            `key_of`. Of two keys, that of the later event is shown.
    """

    def __init__(
        self,
        *,
        bus: Bus,
        catalog: Catalog,
        kind: SubjectKind,
        decode: Callable[[bytes], Sequence[EventT]],
        key_of: Callable[[EventT], str],
        time_of: Callable[[EventT], datetime],
        state_of: Callable[[EventT], str] | None = None,
    ) -> None:
        self.bus = bus
        self.catalog = catalog
        self.kind = kind
        self._decode = decode
        self._key_of = key_of
        self._time_of = time_of
        self._state_of = state_of or key_of
        self._latest: dict[str, dict[str, Update[EventT]]] = {}
        self._recent: dict[str, deque[int]] = {}
        self._mailboxes: set[Mailbox[EventT]] = set()
        self._ready = asyncio.Event()
        self.epoch = ""
        self.positions: dict[str, int] = {}
        self.last_event_at: dict[str, datetime] = {}
        self.draining = False

    async def run(self) -> None:
        """Follow the bus until cancelled; a bus that is away is waited for."""
        while True:
            try:
                await self._follow()
            except DependencyUnavailableError as error:
                _log.warning("stream_source_unavailable", kind=self.kind, error=str(error))
                await asyncio.sleep(_WAIT_SECONDS)

    async def ready(self) -> None:
        """Return when the state at start has been read from the bus."""
        await self._ready.wait()

    def latest(self, products: AbstractSet[str] | None) -> list[Update[EventT]]:
        """Return the newest update of each state of the products, or of all."""
        return [
            update
            for product, states in sorted(self._latest.items())
            if products is None or product in products
            for update in sorted(states.values(), key=lambda update: update.sequence)
        ]

    def is_recent(self, product: str, sequence: int) -> bool:
        """Say whether a position is among the newest entries, which trimming always spares."""
        recent = self._recent.get(product)
        return recent is not None and recent[0] <= sequence

    @contextmanager
    def mailbox(
        self, products: AbstractSet[str] | None, *, accepts: Callable[[EventT], bool]
    ) -> Iterator[Mailbox[EventT]]:
        """Receive accepted updates of the products, or of all, while the block runs."""
        mailbox: Mailbox[EventT] = Mailbox(products, accepts=accepts)
        self._mailboxes.add(mailbox)
        try:
            yield mailbox
        finally:
            self._mailboxes.discard(mailbox)

    def updates_of(self, entry: Entry) -> list[Update[EventT]]:
        """Decode a bus entry to the updates that it carries."""
        product = product_of(entry.subject)
        return [
            Update(product=product, key=self._key_of(event), sequence=entry.sequence, event=event)
            for event in self._decode(entry.payload)
        ]

    def drain(self) -> None:
        """Let every subscriber say goodbye."""
        self.draining = True
        for mailbox in self._mailboxes:
            mailbox.wake()

    async def _follow(self) -> None:
        self.epoch = await self.bus.epoch()
        await self.catalog.refresh()
        while True:
            await self._prime()
            self._ready.set()
            subjects = {subject_of(self.kind, p): at for p, at in self.positions.items()}
            if not subjects:
                await self.catalog.refresh(wait=_WAIT_SECONDS)
                continue
            for entry in await self.bus.tail(subjects, limit=_BATCH, wait=_WAIT_SECONDS):
                self._deliver(entry)

    async def _prime(self) -> None:
        """Read the recent past of products that were not followed yet."""
        for product in self.catalog.products.keys() - self.positions.keys():
            subject = subject_of(self.kind, product)
            for entry in await self.bus.latest(subject, limit=_PRIMING):
                self._deliver(entry)
            self.positions.setdefault(product, 0)

    def _deliver(self, entry: Entry) -> None:
        for update in self.updates_of(entry):
            self._show(update)
            self.last_event_at[update.product] = self._time_of(update.event)
            for mailbox in self._mailboxes:
                mailbox.offer(update)
        product = product_of(entry.subject)
        self.positions[product] = entry.sequence
        self._recent.setdefault(product, deque(maxlen=SPARED_ENTRIES)).append(entry.sequence)

    def _show(self, update: Update[EventT]) -> None:
        """Take an update into the snapshot, unless it corrects something older than is shown."""
        states = self._latest.setdefault(update.product, {})
        state = self._state_of(update.event)
        shown = states.get(state)
        if (
            shown is None
            or shown.key == update.key
            or self._time_of(update.event) > self._time_of(shown.event)
        ):
            states[state] = update
