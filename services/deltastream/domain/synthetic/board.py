"""All options of one product and expiry, as they are quoted and traded."""

from typing import Final

import numpy as np

from deltastream.domain.events import Legs
from deltastream.domain.instruments import OptionType, instrument_id
from deltastream.domain.synthetic.instants import seconds_between, years_between
from deltastream.domain.synthetic.ladder import Ladder
from deltastream.domain.synthetic.listings import Listing
from deltastream.domain.synthetic.open_interest import OpenInterest, usual_open_interest
from deltastream.domain.synthetic.trading_calendar import Expiry, midnight_after
from deltastream.domain.synthetic.trading_hours import TradingHours, day_before, trading_time_at
from deltastream.domain.synthetic.turnover import Turnover
from deltastream.domain.synthetic.valuation import Terms, Valuation, value_options

_LARGEST_SIZE: Final = 60
_PRICES: Final = ("bid", "ask", "last", "price_change")
_COLUMNS: Final = (
    *_PRICES,
    "strikes",
    "volume",
    "open_interest",
    "change_in_open_interest",
    "bid_size",
    "ask_size",
    "quoted_iv",
)


class Board:
    """The options of one product and expiry.

    Row 0 of every array of shape (2, strikes) is the calls, row 1 the puts. Prices are kept in
    whole price steps, so that what leaves is the double nearest to a decimal.
    """

    def __init__(
        self,
        *,
        listing: Listing,
        expiry: Expiry,
        at: int,
        spot: float,
        previous_close: float,
        strikes: int,
        hours: TradingHours,
        random: np.random.Generator,
    ) -> None:
        """List the options and let them trade since the close of the day before `at`.

        Args:
            listing: the product.
            expiry: of all options here.
            at: the first instant that will be asked for.
            spot: price of the underlying then.
            previous_close: price of the underlying at the close of the day before.
            strikes: how many to show.
            hours: when they are traded.
            random: where chance comes from; not to be shared.
        """
        self.expiry = expiry
        self._listing = listing
        self._random = random
        self._hours = hours
        self._expiry_traded_time = trading_time_at(hours, expiry.instant)
        begins = day_before(at, hours=hours, time_zone=listing.product.time_zone)
        self._traded_time = trading_time_at(hours, begins)
        self._day_ends = midnight_after(at, time_zone=listing.product.time_zone)
        self._ladder = Ladder(spot=spot, step=listing.strike_step, shown=strikes)
        (valuation,) = value_options([self.terms(at=begins, spot=previous_close)])
        usual = usual_open_interest(
            strike_numbers=self._ladder.numbers,
            deviations=valuation.deviations,
            busiest=listing.busiest_open_interest,
        )
        self._open_interest = OpenInterest(
            usual=usual,
            weeks_left=self._weeks_left(),
            day_seconds=hours.day_seconds,
            random=random,
        )
        self._turnover = Turnover(
            usual_open_interest=usual, day_seconds=hours.day_seconds, random=random
        )
        self._last = np.maximum(np.rint(valuation.values), 1.0)
        self._closing_prices = self._last
        self._closing_open_interest = self._open_interest.contracts
        self._symbols: tuple[list[str], list[str]] | None = None

    def terms(self, *, at: int, spot: float) -> Terms:
        """Return what the options are worth by, at an instant before expiry."""
        return Terms(
            listing=self._listing,
            strikes=self._ladder.strikes,
            spot=spot,
            years=years_between(at, self.expiry.instant),
        )

    def look(self, *, at: int, spot: float, valuation: Valuation) -> tuple[Legs, Legs]:
        """Trade until an instant before expiry, and return the shown calls and puts as of then.

        Args:
            at: the instant; never before that of an earlier look.
            spot: price of the underlying then.
            valuation: under the terms of that instant and price.
        """
        if at >= self._day_ends:
            self._begin_day(at)
        self._trade(at=at, valuation=valuation)
        self._ladder.follow(spot)
        return self._legs(valuation)

    def symbols(self) -> tuple[list[str], list[str]]:
        """Return the instrument ids of the calls and the puts that are shown."""
        if self._symbols is None:
            self._symbols = self._name(OptionType.CALL), self._name(OptionType.PUT)
        calls, puts = self._symbols
        return calls[self._ladder.window], puts[self._ladder.window]

    def _name(self, option_type: OptionType) -> list[str]:
        symbol = self._listing.product.symbol
        return [
            instrument_id(symbol, self.expiry.day, strike, option_type)
            for strike in self._ladder.strikes.tolist()
        ]

    def _trade(self, *, at: int, valuation: Valuation) -> None:
        """Let time pass: what is traded is traded last at the bid or at the ask."""
        traded_time = trading_time_at(self._hours, at)
        seconds = seconds_between(self._traded_time, traded_time)
        self._traded_time = traded_time
        self._open_interest.advance(seconds=seconds, weeks_left=self._weeks_left())
        traded = self._turnover.advance(seconds=seconds, deviations=valuation.deviations)
        sold = self._random.random(traded.shape) < 0.5  # noqa: PLR2004, as often as bought
        prices = np.where(sold, valuation.bids, valuation.asks)
        self._last = np.where(traded > 0.0, prices, self._last)

    def _weeks_left(self) -> float:
        """Return how many weeks of trading lie before expiry."""
        seconds = seconds_between(self._traded_time, self._expiry_traded_time)
        return seconds / self._hours.week_seconds

    def _begin_day(self, at: int) -> None:
        """Keep what changes are measured against, and count trade anew."""
        self._closing_prices = self._last
        self._closing_open_interest = self._open_interest.contracts
        self._turnover.begin_day()
        self._day_ends = midnight_after(at, time_zone=self._listing.product.time_zone)

    def _legs(self, valuation: Valuation) -> tuple[Legs, Legs]:
        """Cut the shown strikes out. No array of a leg is ever written to again."""
        shown = self._ladder.window
        contracts = self._open_interest.contracts
        bid_sizes, ask_sizes = self._random.integers(1, _LARGEST_SIZE, (2, *contracts.shape))
        columns = (
            valuation.bids,
            valuation.asks,
            self._last,
            self._last - self._closing_prices,
            self._ladder.strikes,
            self._turnover.contracts,
            contracts,
            contracts - self._closing_open_interest,
            bid_sizes,
            ask_sizes,
            valuation.implied,
        )
        # One table for all of them, because so few numbers take less time than a call.
        table = np.empty((2, len(columns), self._ladder.shown))
        for place, column in enumerate(columns):
            table[:, place] = column[..., shown]
        table[:, : len(_PRICES)] /= self._listing.price_steps
        calls, puts = (Legs(**dict(zip(_COLUMNS, side, strict=True))) for side in table)
        return calls, puts
