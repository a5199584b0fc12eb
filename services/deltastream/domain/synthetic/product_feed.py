"""What one product of the synthetic market has to say, when it is due."""

import numpy as np

from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar
from deltastream.domain.synthetic.instants import MICROSECONDS_PER_SECOND
from deltastream.domain.synthetic.listings import LISTINGS, Listing
from deltastream.domain.synthetic.looks import Due
from deltastream.domain.synthetic.product_market import ProductMarket
from deltastream.domain.synthetic.session_schedule import SessionSchedule
from deltastream.domain.synthetic.settings import SyntheticSettings
from deltastream.domain.synthetic.trading_hours import TradingHours


class ProductFeed:
    """Makes the events of one product as they fall due.

    Every product, and every expiry of it, has its own place in the interval, so that chains come
    one by one and not all at once. The places do not depend on which products are wanted.

    A market that is closed at first is shown once as it was at its last close.

    Attributes:
        next_due: when the next event is due, microseconds since the epoch; NEVER when none is.
    """

    def __init__(
        self,
        *,
        listing: Listing,
        calendar: ExchangeCalendar,
        hours: TradingHours,
        seed: int,
        start: int,
        settings: SyntheticSettings,
    ) -> None:
        """Open the product's market.

        Args:
            listing: the product, one of LISTINGS.
            calendar: of its exchange.
            hours: when it is traded.
            seed: at least 0.
            start: the first instant, microseconds since the epoch.
            settings: what to make and how often.
        """
        self._closed_at = _closed_at(start, hours)
        self._market = ProductMarket(
            listing=listing,
            calendar=calendar,
            hours=hours,
            seed=seed,
            at=start if self._closed_at is None else self._closed_at,
            strikes=settings.strikes,
            expiries=settings.expiries,
        )
        place = LISTINGS.index(listing) / len(LISTINGS)

        def schedule(interval: float, share: float) -> SessionSchedule:
            interval /= settings.rate
            offset = round(interval * share * MICROSECONDS_PER_SECOND)
            return SessionSchedule(hours=hours, start=start, offset=offset, interval=interval)

        self._ticks = schedule(settings.tick_interval, place)
        self._quotes = schedule(settings.quote_interval, place)
        self._chains = [
            schedule(settings.chain_interval, (position + place) / settings.expiries)
            for position in range(settings.expiries)
        ]
        self._schedules = [self._ticks, self._quotes, *self._chains]
        self.next_due = self._first_due()

    def pass_over(self, before: int, *, until: int) -> int:
        """Give up what was due before `before`, but the newest of each kind due by `until`.

        Returns:
            How many ticks, chains and rounds of quotes were given up.
        """
        if self.next_due >= before:
            return 0
        given_up = sum(one.pass_over(before, until=until) for one in self._schedules)
        self.next_due = self._first_due()
        return given_up

    def take(self, until: int) -> list[Due]:
        """Return all that is due and not taken yet, by time.

        An option's prices follow from the last tick at or before its own time.
        """
        due = self._take_close(until)
        for instant, position in self._due_options(until):
            due += self._market.ticks(self._ticks.take(instant))
            if position is None:
                due.append(self._market.quotes(at=instant))
            else:
                due.append(self._market.chain(position, at=instant))
        due += self._market.ticks(self._ticks.take(until))
        self.next_due = self._first_due()
        return due

    def _take_close(self, until: int) -> list[Due]:
        """Return a tick and every chain as of the close before the start, once."""
        close = self._closed_at
        if close is None or close > until:
            return []
        self._closed_at = None
        ticks = self._market.ticks(np.array([close]))
        return [*ticks, *(self._market.chain(at, at=close) for at in range(len(self._chains)))]

    def _due_options(self, until: int) -> list[tuple[int, int | None]]:
        """Return when chains are due, by position of the expiry, and quotes, under None."""
        due: list[tuple[int, int | None]] = []
        due += [(instant, None) for instant in self._quotes.take(until).tolist()]
        for position, chains in enumerate(self._chains):
            due += [(instant, position) for instant in chains.take(until).tolist()]
        return sorted(due, key=lambda instant_and_position: instant_and_position[0])

    def _first_due(self) -> int:
        if self._closed_at is not None:
            return self._closed_at
        return min(schedule.next_due for schedule in self._schedules)


def _closed_at(start: int, hours: TradingHours) -> int | None:
    """Return since when the market has been closed; None if it is open, or nobody knows."""
    session = hours.session_from(start)
    is_open = session is not None and session.start <= start
    return None if is_open else hours.close_before(start)
