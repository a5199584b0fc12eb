"""What one product of the synthetic market has to say, when it is due."""

from deltastream.domain.events import MarketEvent
from deltastream.domain.synthetic.instants import MICROSECONDS_PER_SECOND
from deltastream.domain.synthetic.listings import LISTINGS, Listing
from deltastream.domain.synthetic.product_market import ProductMarket
from deltastream.domain.synthetic.schedule import Schedule
from deltastream.domain.synthetic.settings import SyntheticSettings


class ProductFeed:
    """Makes the events of one product as they fall due.

    Every product, and every expiry of it, has its own place in the interval, so that chains come
    one by one and not all at once. The places do not depend on which products are wanted.
    """

    def __init__(
        self, *, listing: Listing, seed: int, start: int, settings: SyntheticSettings
    ) -> None:
        """Open the product's market.

        Args:
            listing: the product, one of LISTINGS.
            seed: at least 0.
            start: the first instant, microseconds since the epoch.
            settings: what to make and how often.
        """
        self._market = ProductMarket(
            listing=listing,
            seed=seed,
            at=start,
            strikes=settings.strikes,
            expiries=settings.expiries,
        )
        place = LISTINGS.index(listing) / len(LISTINGS)

        def schedule(interval: float, share: float) -> Schedule:
            interval /= settings.rate
            offset = round(interval * share * MICROSECONDS_PER_SECOND)
            return Schedule(start=start + offset, interval=interval)

        self._ticks = schedule(settings.tick_interval, place)
        self._quotes = schedule(settings.quote_interval, place)
        self._chains = [
            schedule(settings.chain_interval, (position + place) / settings.expiries)
            for position in range(settings.expiries)
        ]

    @property
    def next_due(self) -> int:
        """When the next event is due, microseconds since the epoch."""
        return min(schedule.next_due for schedule in self._schedules())

    def pass_over(self, before: int, *, until: int) -> int:
        """Give up what was due before `before`, but the newest of each kind due by `until`.

        Returns:
            How many ticks, chains and rounds of quotes were given up.
        """
        return sum(schedule.pass_over(before, until=until) for schedule in self._schedules())

    def take(self, until: int) -> list[MarketEvent]:
        """Return all that is due and not taken yet, by time.

        An option's prices follow from the last tick at or before its own time.
        """
        events: list[MarketEvent] = []
        for instant, position in self._due_options(until):
            events += self._market.ticks(self._ticks.take(instant))
            if position is None:
                events += self._market.quotes(at=instant)
            else:
                events.append(self._market.chain(position, at=instant))
        events += self._market.ticks(self._ticks.take(until))
        return events

    def _due_options(self, until: int) -> list[tuple[int, int | None]]:
        """Return when chains are due, by position of the expiry, and quotes, under None."""
        due: list[tuple[int, int | None]] = []
        due += [(instant, None) for instant in self._quotes.take(until).tolist()]
        for position, chains in enumerate(self._chains):
            due += [(instant, position) for instant in chains.take(until).tolist()]
        return sorted(due, key=lambda instant_and_position: instant_and_position[0])

    def _schedules(self) -> list[Schedule]:
        return [self._ticks, self._quotes, *self._chains]
