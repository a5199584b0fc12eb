"""Where market data comes from."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from deltastream.domain.events import MarketEvent
from deltastream.domain.instruments import Product
from deltastream.domain.session import MarketSession, SourceKind


@dataclass(slots=True)
class SkippedRecords:
    """Counts what a source offered and could not be used, by reason, with a first example."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, example: str) -> None:
        """Count one record; `example` names it: its file and place."""
        self.counts[reason] += 1
        self.examples.setdefault(reason, example)


class Source(Protocol):
    """A source of market events.

    Attributes:
        kind: what must be said wherever its data is shown.
        description: which source it is, for people.
        products: what it has, by symbol; known before the first event.
        skipped: what it could not use, so far.
        exhausted: it has ended and will not go on.
    """

    kind: SourceKind
    description: str
    products: Sequence[Product]
    skipped: SkippedRecords
    exhausted: bool

    def session(self, now: datetime) -> MarketSession:
        """Say whether the market behind the source trades at `now`."""
        ...

    def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        """Yield what is ready, as it becomes ready, in order; never an empty batch.

        Events carry no sequence yet: the feed assigns it.
        """
        ...
