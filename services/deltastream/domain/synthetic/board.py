"""All options of one product and expiry, as they are quoted and traded."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import Legs
from deltastream.domain.instruments import OptionType, instrument_id
from deltastream.domain.synthetic.instants import years_between
from deltastream.domain.synthetic.ladder import Ladder
from deltastream.domain.synthetic.listings import Listing
from deltastream.domain.synthetic.open_interest import OpenInterest, usual_open_interest
from deltastream.domain.synthetic.quoting import two_sided
from deltastream.domain.synthetic.trading_calendar import Expiry, midnight_after
from deltastream.domain.synthetic.trading_hours import TradingHours, day_before, seconds_traded
from deltastream.domain.synthetic.turnover import Turnover
from deltastream.domain.synthetic.valuation import Valuation, value_options

_LARGEST_SIZE: Final = 60


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
        self._at = day_before(at, hours=hours, time_zone=listing.product.time_zone)
        self._day_ends = midnight_after(at, time_zone=listing.product.time_zone)
        self._ladder = Ladder(spot=spot, step=listing.strike_step, shown=strikes)
        valuation = self._value(at=self._at, spot=previous_close)
        usual = usual_open_interest(
            strike_numbers=self._ladder.numbers,
            deviations=valuation.deviations,
            busiest=listing.busiest_open_interest,
        )
        self._open_interest = OpenInterest(
            usual=usual,
            weeks_left=self._traded_until(self._at)[1],
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

    def look(self, *, at: int, spot: float) -> tuple[Legs, Legs]:
        """Trade until an instant before expiry, and return the shown calls and puts as of then."""
        if at >= self._day_ends:
            self._begin_day(at)
        valuation = self._value(at=at, spot=spot)
        bids, asks = two_sided(valuation.values)
        self._trade(at=at, valuation=valuation, bids=bids, asks=asks)
        self._ladder.follow(spot)
        return self._legs(valuation, bids, asks)

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

    def _years_left(self, at: int) -> float:
        return years_between(at, self.expiry.instant)

    def _value(self, *, at: int, spot: float) -> Valuation:
        return value_options(
            listing=self._listing,
            strikes=self._ladder.strikes,
            spot=spot,
            years=self._years_left(at),
        )

    def _trade(self, *, at: int, valuation: Valuation, bids: FloatArray, asks: FloatArray) -> None:
        """Let time pass: what is traded is traded last at the bid or at the ask."""
        seconds, weeks_left = self._traded_until(at)
        self._at = at
        self._open_interest.advance(seconds=seconds, weeks_left=weeks_left)
        traded = self._turnover.advance(seconds=seconds, deviations=valuation.deviations)
        sold = self._random.random(traded.shape) < 0.5  # noqa: PLR2004, as often as bought
        self._last = np.where(traded > 0.0, np.where(sold, bids, asks), self._last)

    def _traded_until(self, at: int) -> tuple[float, float]:
        """Return the seconds of trading until an instant, and its weeks from then to expiry."""
        instants = np.array([at, self.expiry.instant])
        seconds, left = seconds_traded(self._hours, self._at, instants).tolist()
        return seconds, left / self._hours.week_seconds

    def _begin_day(self, at: int) -> None:
        """Keep what changes are measured against, and count trade anew."""
        self._closing_prices = self._last
        self._closing_open_interest = self._open_interest.contracts
        self._turnover.begin_day()
        self._day_ends = midnight_after(at, time_zone=self._listing.product.time_zone)

    def _legs(self, valuation: Valuation, bids: FloatArray, asks: FloatArray) -> tuple[Legs, Legs]:
        """Cut the shown strikes out. No array of a leg is ever written to again."""
        shown, steps = self._ladder.window, self._listing.price_steps
        sizes = self._random.integers(1, _LARGEST_SIZE, (2, *bids.shape)).astype(float)
        change = self._open_interest.contracts - self._closing_open_interest
        calls, puts = (
            Legs(
                strikes=self._ladder.strikes[shown],
                bid=bids[row, shown] / steps,
                ask=asks[row, shown] / steps,
                last=self._last[row, shown] / steps,
                volume=self._turnover.contracts[row, shown],
                open_interest=self._open_interest.contracts[row, shown],
                change_in_open_interest=change[row, shown],
                price_change=(self._last - self._closing_prices)[row, shown] / steps,
                bid_size=sizes[0, row, shown],
                ask_size=sizes[1, row, shown],
                quoted_iv=valuation.implied[shown],
            )
            for row in (0, 1)
        )
        return calls, puts
