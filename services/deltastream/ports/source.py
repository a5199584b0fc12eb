"""Where market data comes from."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from deltastream.domain.events import MarketEvent
from deltastream.domain.instruments import Product
from deltastream.domain.session import MarketState, SourceKind


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

    def market(self, product: str, now: datetime) -> MarketState:
        """Say whether the market of one of the products trades, and until when.

        A source that plays a recording answers for the recorded time of its newest events, and
        says UNKNOWN before the first.
        """
        ...

    def notices(self, now: datetime) -> Sequence[str]:
        """Say what needs people's attention, such as a calendar that ends soon; often nothing."""
        ...

    def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        """Yield what is ready, as it becomes ready, in order; never an empty batch.

        Events carry no sequence yet: the feed assigns it.
        """
        ...
