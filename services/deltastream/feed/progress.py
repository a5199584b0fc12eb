"""What the feed has published so far, for its status."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.subjects import product_of
from deltastream.ports.bus import Entry


@dataclass(slots=True)
class ProductProgress:
    """What was published of one product since start."""

    ticks: int = 0
    quotes: int = 0
    chains: int = 0
    last_event_at: datetime | None = None
    published_at: datetime | None = None
    last_sequence: int = 0


@dataclass(slots=True)
class FeedProgress:
    """What was published since start, by product."""

    products: dict[str, ProductProgress] = field(default_factory=dict)

    def count(
        self, batch: Sequence[MarketEvent], entries: Sequence[Entry], *, at: datetime
    ) -> None:
        """Count a batch that the bus has acknowledged as these entries."""
        for entry in entries:
            self._of(product_of(entry.subject)).last_sequence = entry.sequence
        for event in batch:
            progress = self._of(event.product)
            match event:
                case UnderlyingTick():
                    progress.ticks += 1
                case OptionQuote():
                    progress.quotes += 1
                case OptionChain():
                    progress.chains += 1
            if progress.last_event_at is None or event.timestamp > progress.last_event_at:
                progress.last_event_at = event.timestamp
            progress.published_at = at

    def _of(self, product: str) -> ProductProgress:
        progress = self.products.get(product)
        if progress is None:
            progress = self.products[product] = ProductProgress()
        return progress
