"""The products of the synthetic market.

Symbols, base prices and strike steps are given; all else is invented, in the likeness of the real
products: lot sizes, expiry days, volatilities, rates, open interest and turnover.
"""

from dataclasses import dataclass
from typing import Final

from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.domain.synthetic.smile import Smile

_TUESDAY, _THURSDAY, _FRIDAY = 1, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A product and how its market behaves.

    Attributes:
        base_price: price of the underlying when the market starts.
        strike_step: distance of neighbouring strikes.
        price_steps: price steps in one unit of currency, of options and underlying alike.
        interest_rate: continuous, per year.
        dividend_yield: continuous, per year.
        smile: implied volatilities; the underlying moves with the one at the money.
        expiry_weekday: the day of the week on which options expire; 0 is Monday.
        busiest_open_interest: contracts at a busy strike of an expiry that is near.
        shares_per_second: trade in the underlying; None for an index, which is not traded.
    """

    product: Product
    base_price: float
    strike_step: float
    price_steps: int
    interest_rate: float
    dividend_yield: float
    smile: Smile
    expiry_weekday: int
    busiest_open_interest: float
    shares_per_second: float | None = None


def _indian_index(
    symbol: str,
    name: str,
    *,
    exchange: str = "XNSE",
    weekday: int = _TUESDAY,
    base_price: float,
    strike_step: float,
    lot_size: float,
    volatility: float,
    busiest_open_interest: float,
) -> Listing:
    """Describe an index of India: prices in steps of 0.05."""
    return Listing(
        product=Product(
            symbol=symbol,
            name=name,
            exchange=exchange,
            currency="INR",
            time_zone="Asia/Kolkata",
            lot_size=lot_size,
            tick_size=0.05,
            strike_step=strike_step,
            quantity_unit=QuantityUnit.CONTRACTS,
        ),
        base_price=base_price,
        strike_step=strike_step,
        price_steps=20,
        interest_rate=0.065,
        dividend_yield=0.012,
        smile=Smile(volatility=volatility, skew=-0.35, curvature=0.9),
        expiry_weekday=weekday,
        busiest_open_interest=busiest_open_interest,
    )


def _american_share(
    symbol: str,
    name: str,
    *,
    exchange: str,
    base_price: float,
    volatility: float,
    dividend_yield: float,
    busiest_open_interest: float,
    shares_per_second: float,
) -> Listing:
    """Describe a share or fund of the United States: prices in cents, expiry on Friday."""
    return Listing(
        product=Product(
            symbol=symbol,
            name=name,
            exchange=exchange,
            currency="USD",
            time_zone="America/New_York",
            lot_size=100.0,
            tick_size=0.01,
            strike_step=5.0,
            quantity_unit=QuantityUnit.CONTRACTS,
        ),
        base_price=base_price,
        strike_step=5.0,
        price_steps=100,
        interest_rate=0.045,
        dividend_yield=dividend_yield,
        smile=Smile(volatility=volatility, skew=-0.45, curvature=0.8),
        expiry_weekday=_FRIDAY,
        busiest_open_interest=busiest_open_interest,
        shares_per_second=shares_per_second,
    )


LISTINGS: Final[tuple[Listing, ...]] = (
    _indian_index(
        "NIFTY",
        "Nifty 50",
        base_price=21_500.0,
        strike_step=50.0,
        lot_size=75.0,
        volatility=0.13,
        busiest_open_interest=120_000.0,
    ),
    _indian_index(
        "BANKNIFTY",
        "Nifty Bank",
        base_price=45_000.0,
        strike_step=100.0,
        lot_size=35.0,
        volatility=0.15,
        busiest_open_interest=45_000.0,
    ),
    _indian_index(
        "FINNIFTY",
        "Nifty Financial Services",
        base_price=19_500.0,
        strike_step=100.0,
        lot_size=65.0,
        volatility=0.14,
        busiest_open_interest=8_000.0,
    ),
    _indian_index(
        "SENSEX",
        "BSE Sensex",
        exchange="XBOM",
        weekday=_THURSDAY,
        base_price=71_000.0,
        strike_step=100.0,
        lot_size=20.0,
        volatility=0.13,
        busiest_open_interest=25_000.0,
    ),
    _american_share(
        "AAPL",
        "Apple Inc.",
        exchange="XNAS",
        base_price=185.0,
        volatility=0.24,
        dividend_yield=0.005,
        busiest_open_interest=18_000.0,
        shares_per_second=600.0,
    ),
    _american_share(
        "TSLA",
        "Tesla, Inc.",
        exchange="XNAS",
        base_price=245.0,
        volatility=0.50,
        dividend_yield=0.0,
        busiest_open_interest=22_000.0,
        shares_per_second=1_200.0,
    ),
    _american_share(
        "SPY",
        "SPDR S&P 500 ETF Trust",
        exchange="ARCX",
        base_price=475.0,
        volatility=0.13,
        dividend_yield=0.013,
        busiest_open_interest=30_000.0,
        shares_per_second=900.0,
    ),
    _american_share(
        "QQQ",
        "Invesco QQQ Trust",
        exchange="XNAS",
        base_price=395.0,
        volatility=0.18,
        dividend_yield=0.006,
        busiest_open_interest=20_000.0,
        shares_per_second=500.0,
    ),
)
"""All products, in the order in which their events are staggered."""
