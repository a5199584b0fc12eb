"""Products, options, and the canonical names of instruments."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Final

PRODUCT_PATTERN: Final = re.compile(r"[A-Z0-9][A-Z0-9._&-]{0,31}")
_INSTRUMENT_PATTERN: Final = re.compile(
    rf"(?P<product>{PRODUCT_PATTERN.pattern})-(?P<expiry>\d{{8}})-(?P<strike>\d+(?:\.\d+)?)-(?P<right>CE|PE)"
)


class OptionType(IntEnum):
    """The right an option gives. Numbers are those of the contract."""

    CALL = 1
    PUT = 2

    @property
    def code(self) -> str:
        """The two letters of instrument ids: CE (European call) or PE."""
        return "CE" if self is OptionType.CALL else "PE"


class QuantityUnit(IntEnum):
    """What one unit of volume or open interest counts. Numbers are those of the contract."""

    UNKNOWN = 0
    CONTRACTS = 1
    SHARES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """An underlying whose options are followed.

    Attributes:
        symbol: identifies it everywhere, upper case.
        name: the full name.
        exchange: ISO 10383 market identifier code; empty when unknown.
        currency: ISO 4217 code of its prices.
        time_zone: IANA zone of the exchange.
        lot_size: units of the underlying in one contract; None when unknown.
        tick_size: the smallest price step of its options; None when unknown.
        strike_step: usual distance of neighbouring strikes; None when unknown.
        quantity_unit: what volume and open interest count.
    """

    symbol: str
    name: str
    exchange: str
    currency: str
    time_zone: str
    lot_size: float | None = None
    tick_size: float | None = None
    strike_step: float | None = None
    quantity_unit: QuantityUnit = QuantityUnit.UNKNOWN


def strike_text(strike: float) -> str:
    """Write a strike as instrument ids do: the shortest decimal, never an exponent.

    >>> strike_text(24500.0), strike_text(187.5)
    ('24500', '187.5')
    """
    text = format(Decimal(repr(float(strike))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def instrument_id(product: str, expiry: date, strike: float, option_type: OptionType) -> str:
    """Name an option canonically.

    >>> instrument_id("NIFTY", date(2026, 1, 27), 24500.0, OptionType.CALL)
    'NIFTY-20260127-24500-CE'
    """
    return f"{product}-{expiry:%Y%m%d}-{strike_text(strike)}-{option_type.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """An option, taken apart."""

    product: str
    expiry: date
    strike: float
    option_type: OptionType


def parse_instrument_id(symbol: str) -> Instrument:
    """Take a canonical instrument id apart.

    Raises:
        ValueError: the text is no canonical instrument id.
    """
    match = _INSTRUMENT_PATTERN.fullmatch(symbol)
    if match is None:
        raise ValueError(f"{symbol!r} is no instrument id such as 'NIFTY-20260127-24500-CE'")
    digits = match["expiry"]
    return Instrument(
        product=match["product"],
        expiry=date(int(digits[:4]), int(digits[4:6]), int(digits[6:])),
        strike=float(match["strike"]),
        option_type=OptionType.CALL if match["right"] == "CE" else OptionType.PUT,
    )
