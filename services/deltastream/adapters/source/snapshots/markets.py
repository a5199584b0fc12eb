"""What the files of an exchange leave unsaid because it holds for all of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import SourceFormatError
from deltastream.domain.instruments import Product, QuantityUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """An exchange whose snapshots can be replayed.

    Attributes:
        exchange: ISO 10383 market identifier code.
        currency: ISO 4217 code.
        time_zone: IANA zone.
        tick_size: smallest price step.
        lot_size: units of the underlying in one contract; None where it differs by product.
    """

    exchange: str
    currency: str
    time_zone: str
    tick_size: float
    lot_size: float | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The market's time zone.

        Raises:
            SourceFormatError: this system has no time zone data.
        """
        try:
            return ZoneInfo(self.time_zone)
        except ZoneInfoNotFoundError:
            raise SourceFormatError(
                f"the times of {self.exchange} snapshots are in {self.time_zone}, and this system"
                " has no time zone data; install the tzdata package"
            ) from None

    def expires_at(self, expiry: date, calendars: Calendars) -> datetime:
        """Return the instant of expiry, UTC: the close of that day, as its calendar knows it."""
        return calendars[self.exchange].expiry_instant(expiry)

    def product(self, symbol: str, *, name: str, strike_step: float | None) -> Product:
        """Describe a product of this market."""
        return Product(
            symbol=symbol,
            name=name,
            exchange=self.exchange,
            currency=self.currency,
            time_zone=self.time_zone,
            lot_size=self.lot_size,
            tick_size=self.tick_size,
            strike_step=strike_step,
            quantity_unit=QuantityUnit.CONTRACTS,
        )


NSE: Final = Market(
    exchange="XNSE",
    currency="INR",
    time_zone="Asia/Kolkata",
    tick_size=0.05,
)

CBOE: Final = Market(
    exchange="XCBO",
    currency="USD",
    time_zone="America/New_York",
    tick_size=0.01,
    lot_size=100.0,
)

NSE_INDEX_NAMES: Final = {
    "NIFTY": "NIFTY 50",
    "BANKNIFTY": "NIFTY Bank",
    "FINNIFTY": "NIFTY Financial Services",
    "MIDCPNIFTY": "NIFTY Midcap Select",
    "NIFTYNXT50": "NIFTY Next 50",
}
