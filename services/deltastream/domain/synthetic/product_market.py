"""One product of the synthetic market: its underlying and its options."""

from collections.abc import Sequence

import numpy as np

from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar
from deltastream.domain.events import Legs, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.instants import moment_of
from deltastream.domain.instruments import OptionType
from deltastream.domain.synthetic.board import Board
from deltastream.domain.synthetic.listings import Listing
from deltastream.domain.synthetic.looks import Look
from deltastream.domain.synthetic.option_quotes import quotes_of
from deltastream.domain.synthetic.schedule import InstantArray
from deltastream.domain.synthetic.spot import SpotPath
from deltastream.domain.synthetic.trading_calendar import expiry_after
from deltastream.domain.synthetic.trading_hours import TradingHours, day_before, seconds_traded


class ProductMarket:
    """Makes the events of one product, at instants that never go back.

    A product's chance is its own: the same seed gives it the same events, whatever other products
    there are.
    """

    def __init__(
        self,
        *,
        listing: Listing,
        calendar: ExchangeCalendar,
        hours: TradingHours,
        seed: int,
        at: int,
        strikes: int,
        expiries: int,
    ) -> None:
        """Open the market at the base price.

        Args:
            listing: the product.
            calendar: of its exchange, for the expiries.
            hours: when it is traded.
            seed: at least 0.
            at: the first instant.
            strikes: how many to show in each chain.
            expiries: how many are traded at once, the nearest ones.
        """
        self._listing = listing
        self._calendar = calendar
        self._hours = hours
        self._symbol = listing.product.symbol
        self._seed = seed
        self._strikes = strikes
        self._spot = listing.base_price
        self._traded_at = at
        self._volumes = self._random("volume")
        self._path = SpotPath(
            price=listing.base_price,
            volatility=listing.smile.volatility,
            at=at,
            random=self._random("spot"),
        )
        self._boards: list[Board] = []
        previous_close = self._close_before(at)
        for _ in range(expiries):
            self._list_next_expiry(at=at, previous_close=previous_close)

    def ticks(self, instants: InstantArray) -> list[UnderlyingTick]:
        """Go on to ascending instants; return the price, and the trade since the last, at each."""
        if not len(instants):
            return []
        steps = self._listing.price_steps
        prices = (np.maximum(np.rint(self._path.sample(instants) * steps), 1.0) / steps).tolist()
        volumes = self._traded(instants)
        self._spot = prices[-1]
        symbol = self._symbol
        return [
            UnderlyingTick(product=symbol, price=price, timestamp=moment_of(instant), volume=volume)
            for instant, price, volume in zip(instants.tolist(), prices, volumes, strict=True)
        ]

    def chain(self, position: int, *, at: int) -> Look:
        """Look for the chain of the nearest expiry (position 0), the next one (1) and so on."""
        self._replace_expired(at)
        board, spot = self._boards[position], self._spot

        def report(calls: Legs, puts: Legs) -> Sequence[OptionChain]:
            chain = OptionChain(
                product=self._symbol,
                expiry=board.expiry.day,
                spot_price=spot,
                timestamp=moment_of(at),
                calls=calls,
                puts=puts,
                expires_at=moment_of(board.expiry.instant),
            )
            return (chain,)

        return Look(board=board, at=at, spot=spot, report=report)

    def quotes(self, *, at: int) -> Look:
        """Look for the quotes of the nearest expiry: calls, then puts, by strike."""
        self._replace_expired(at)
        board = self._boards[0]

        def report(*sides: Legs) -> Sequence[OptionQuote]:
            return [
                quote
                for option_type, legs, symbols in zip(
                    OptionType, sides, board.symbols(), strict=True
                )
                for quote in quotes_of(
                    legs,
                    symbols=symbols,
                    product=self._symbol,
                    expiry=board.expiry.day,
                    option_type=option_type,
                    timestamp=moment_of(at),
                )
            ]

        return Look(board=board, at=at, spot=self._spot, report=report)

    def _traded(self, instants: InstantArray) -> list[float] | list[None]:
        """Return how many shares were traded since the instant before, at each instant."""
        if self._listing.shares_per_second is None:
            return [None] * len(instants)
        seconds = seconds_traded(self._hours, self._traded_at, instants)
        self._traded_at = int(instants[-1])
        traded = self._volumes.poisson(self._listing.shares_per_second * seconds)
        shares: list[float] = traded.astype(float).tolist()
        return shares

    def _close_before(self, at: int) -> float:
        """Invent the price at the close of the day before the first instant."""
        time_zone = self._listing.product.time_zone
        since_close = SpotPath(
            price=self._listing.base_price,
            volatility=self._listing.smile.volatility,
            at=day_before(at, hours=self._hours, time_zone=time_zone),
            random=self._random("previous close"),
        )
        return float(since_close.sample(np.array([at]))[0])

    def _replace_expired(self, at: int) -> None:
        while self._boards[0].expiry.instant <= at:
            del self._boards[0]
            self._list_next_expiry(at=at, previous_close=self._spot)

    def _list_next_expiry(self, *, at: int, previous_close: float) -> None:
        after = self._boards[-1].expiry.instant if self._boards else at
        expiry = expiry_after(after, weekday=self._listing.expiry_weekday, calendar=self._calendar)
        self._boards.append(
            Board(
                listing=self._listing,
                expiry=expiry,
                at=at,
                spot=self._spot,
                previous_close=previous_close,
                strikes=self._strikes,
                hours=self._hours,
                random=self._random(expiry.day.isoformat()),
            )
        )

    def _random(self, use: str) -> np.random.Generator:
        """Return a stream of chance of its own for one use."""
        name = f"{self._symbol} {use}".encode()
        return np.random.default_rng([self._seed, int.from_bytes(name)])
