"""How long ago each product's last event was published, as it is measured."""

from functools import partial

from deltastream.feed.progress import FeedProgress
from deltastream.ports.clock import Clock
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS, Instruments


class LastEvents:
    """Measures the age of the last event of every product that has had one.

    Args:
        progress: knows what was published.
        clock: says what time it is when somebody asks.
        instruments: of the process.
    """

    def __init__(
        self, progress: FeedProgress, *, clock: Clock, instruments: Instruments = PROCESS
    ) -> None:
        self._progress = progress
        self._clock = clock
        self._instruments = instruments

    async def look(self) -> None:
        """Begin with products that are new; from then on their age is right at any moment."""
        for product in self._progress.products:
            gauge = self._instruments.gauge(names.FEED_LAST_EVENT_AGE, product=product)
            gauge.set_function(partial(self._age, product))

    def _age(self, product: str) -> float:
        published_at = self._progress.products[product].published_at
        if published_at is None:
            return 0.0
        return max(0.0, (self._clock() - published_at).total_seconds())
