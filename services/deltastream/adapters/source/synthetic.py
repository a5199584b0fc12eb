"""A source that invents its market: seeded, driven by a clock, never exhausted."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.domain.calendar.coverage import coverage_notices
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import MarketEvent
from deltastream.domain.instants import instant_of, moment_of
from deltastream.domain.instruments import Product
from deltastream.domain.session import MarketSession, MarketState, SourceKind
from deltastream.domain.synthetic.instants import MICROSECONDS_PER_SECOND, seconds_between
from deltastream.domain.synthetic.listings import LISTINGS, Listing
from deltastream.domain.synthetic.looks import said_of
from deltastream.domain.synthetic.product_feed import ProductFeed
from deltastream.domain.synthetic.settings import MarketClock, SyntheticSettings
from deltastream.domain.synthetic.trading_hours import AlwaysOpen, ExchangeHours, TradingHours
from deltastream.ports.clock import Clock
from deltastream.ports.source import SkippedRecords

CATCH_UP: Final = 2.0
"""Seconds of delay that are made up for; what was due before is given up, and counted."""

LONGEST_BATCH: Final = 0.1
"""Seconds of events in one batch, so that making up for a delay holds nobody else up for long."""

SHORTEST_PAUSE: Final = 0.005
"""Seconds; what falls due within a pause comes in one batch, so that load makes batches larger."""

LONGEST_PAUSE: Final = 30.0
"""Seconds; a closed market is waited for in such pieces, because the clock may be set meanwhile."""

_FALLEN_BEHIND: Final = f"due while the reader was more than {CATCH_UP:g} s behind"


class SyntheticSource:
    """Invented markets of well-known products. See `deltastream.ports.source.Source`.

    The same seed and clock give the same events; a product's events do not depend on which other
    products are wanted. A reader that is late gets all that fell due meanwhile, up to CATCH_UP
    seconds of it and at least the newest of each kind, in batches of LONGEST_BATCH; what is given
    up is counted in `skipped`.

    By the real clock each product is traded only in its exchange's sessions. What happens to its
    price between them is seen as one move at the next open. A market that is closed at first is
    shown as it was at its last close.
    """

    kind = SourceKind.SYNTHETIC
    exhausted = False

    def __init__(
        self,
        *,
        seed: int,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        products: Sequence[str] = (),
        settings: SyntheticSettings | None = None,
        calendars: Calendars | None = None,
    ) -> None:
        """Choose what to invent.

        Args:
            seed: at least 0.
            clock: the present.
            sleep: waits some seconds.
            products: symbols wanted; empty means all.
            settings: what to make and how often; None means the defaults.
            calendars: of the exchanges; None is those of this release.

        Raises:
            InvalidValueError: the seed is negative, or there is no such product.
        """
        if seed < 0:
            raise InvalidValueError("seed", f"must be at least 0, not {seed}")
        self._settings = settings or SyntheticSettings()
        self.description = _describe(seed, self._settings)
        self.skipped = SkippedRecords()
        self._seed = seed
        self._clock = clock
        self._sleep = sleep
        self._calendars = calendars or shipped_calendars()
        self._listings = _listings_of(products)
        self.products: Sequence[Product] = sorted(
            (listing.product for listing in self._listings), key=attrgetter("symbol")
        )
        self._exchanges = {product.symbol: product.exchange for product in self.products}

    def market(self, product: str, now: datetime) -> MarketState:
        """Say whether a product is traded, and until when; always, unless the clock is real."""
        if self._settings.clock is MarketClock.ALWAYS_OPEN:
            return MarketState(session=MarketSession.OPEN)
        calendar = self._calendars[self._exchanges[product]]
        return MarketState(session=calendar.session(now), changes_at=calendar.next_change(now))

    def notices(self, now: datetime) -> Sequence[str]:
        """Say which calendars end soon: expiries come from them, sessions may too."""
        return coverage_notices(self._calendars, self._exchanges.values(), now)

    async def events(self) -> AsyncGenerator[Sequence[MarketEvent], None]:
        """Yield what is due, then sleep until more is; each call begins the market anew."""
        feeds = self._open(instant_of(self._clock()))
        while True:
            now = instant_of(self._clock())
            self._give_up_arrears(feeds, now)
            if batch := _take(feeds, now):
                yield batch
            pause = seconds_between(instant_of(self._clock()), _next_due(feeds))
            await self._sleep(min(max(pause, SHORTEST_PAUSE), LONGEST_PAUSE))

    def _open(self, start: int) -> list[ProductFeed]:
        return [self._open_product(listing, start) for listing in self._listings]

    def _open_product(self, listing: Listing, start: int) -> ProductFeed:
        calendar = self._calendars[listing.product.exchange]
        hours: TradingHours = (
            AlwaysOpen(since=start)
            if self._settings.clock is MarketClock.ALWAYS_OPEN
            else ExchangeHours(calendar=calendar, since=start)
        )
        return ProductFeed(
            listing=listing,
            calendar=calendar,
            hours=hours,
            seed=self._seed,
            start=start,
            settings=self._settings,
        )

    def _give_up_arrears(self, feeds: Sequence[ProductFeed], now: int) -> None:
        oldest = now - _in_microseconds(CATCH_UP)
        given_up = sum(feed.pass_over(oldest, until=now) for feed in feeds)
        if given_up:
            self.skipped.counts[_FALLEN_BEHIND] += given_up
            noticed = f"noticed {moment_of(now).isoformat()}"
            self.skipped.examples.setdefault(_FALLEN_BEHIND, noticed)


def _describe(seed: int, settings: SyntheticSettings) -> str:
    hours = "" if settings.clock is MarketClock.ALWAYS_OPEN else ", in exchange hours"
    return f"synthetic, seed {seed}{hours}"


def _take(feeds: Sequence[ProductFeed], now: int) -> list[MarketEvent]:
    """Return what is due now, by time; what is due much later than the rest waits."""
    until = min(now, _next_due(feeds) + _in_microseconds(LONGEST_BATCH))
    batch = said_of([due for feed in feeds if feed.next_due <= until for due in feed.take(until)])
    batch.sort(key=attrgetter("timestamp"))
    return batch


def _next_due(feeds: Sequence[ProductFeed]) -> int:
    return min(feed.next_due for feed in feeds)


def _in_microseconds(seconds: float) -> int:
    return round(seconds * MICROSECONDS_PER_SECOND)


def _listings_of(symbols: Sequence[str]) -> list[Listing]:
    """Return the listings of some symbols, or all, in their own order."""
    known = {listing.product.symbol for listing in LISTINGS}
    for symbol in symbols:
        if symbol not in known:
            raise InvalidValueError(
                "products", f"{symbol} is not synthetic; known are {', '.join(sorted(known))}"
            )
    return [listing for listing in LISTINGS if not symbols or listing.product.symbol in symbols]
