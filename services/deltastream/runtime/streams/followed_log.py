"""What a hub has read of the bus, as far as streams need it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from deltastream.domain.subjects import product_of
from deltastream.ports.bus import Entry
from deltastream.runtime.streams.event import Update
from deltastream.runtime.streams.kind import EventKind
from deltastream.runtime.streams.recent import Recent


class FollowedLog:
    """One event log as a hub knows it: how far it has been read, the latest states, what is recent.

    When the bus loses its log and starts another, the hub starts another of these. Whoever holds
    one can tell by comparing.

    Attributes:
        epoch: which event log.
        positions: per product, the sequence of the last entry read; 0 is none yet.
        first: per product, the sequence of the first entry read.
        last_event_at: per product, the time of its latest event, in nanoseconds since 1970.
        recent: the newest entries.
    """

    def __init__(self, epoch: str, kind: EventKind[Any]) -> None:
        self.epoch = epoch
        self.positions: dict[str, int] = {}
        self.first: dict[str, int] = {}
        self.last_event_at: dict[str, int] = {}
        self.recent = Recent()
        self._kind = kind
        self._states: dict[str, dict[str, Update]] = {}

    def take(self, entry: Entry) -> tuple[Update, ...]:
        """Take the next entry of its subject, and return what it says; nothing if it was taken."""
        product = product_of(entry.subject)
        if entry.sequence <= self.positions.get(product, 0):
            return ()
        # Before the first entry that was read there may be others.
        after = self.positions.get(product, entry.sequence - 1)
        self.positions[product] = entry.sequence
        self.first.setdefault(product, entry.sequence)
        reading = self._kind.read(entry)
        if reading is None:
            return ()
        self.recent.append(reading.piece, after=after)
        for update in reading.updates:
            self._show(update)
        return reading.updates

    def latest(self, products: AbstractSet[str]) -> Iterator[Update]:
        """Return the newest update of each state of the products, product by product."""
        for product in sorted(products & self._states.keys()):
            yield from sorted(self._states[product].values(), key=lambda update: update.sequence)

    def _show(self, update: Update) -> None:
        """Take an update into the snapshot, unless it corrects something older than is shown."""
        states = self._states.setdefault(update.product, {})
        shown = states.get(update.state)
        if shown is None or shown.key == update.key or update.at > shown.at:
            states[update.state] = update
        seen = self.last_event_at.get(update.product, 0)
        self.last_event_at[update.product] = max(seen, update.at)
