"""How much the synthetic market says, and how often."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deltastream.domain.errors import InvalidValueError

MOST_STRIKES: Final = 2_000
"""What the contract allows a chain to list."""
MOST_EXPIRIES: Final = 52
_SHORTEST_INTERVAL: Final = 1e-6


class MarketClock(StrEnum):
    """Whether invented markets keep the hours of their exchanges."""

    ALWAYS_OPEN = "always-open"
    REAL = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticSettings:
    """Settings of the synthetic market.

    Attributes:
        tick_interval: seconds between two ticks of a product.
        quote_interval: seconds between two quotes of an option of the nearest expiry.
        chain_interval: seconds between two chains of a product and expiry.
        strikes: strikes in each chain.
        expiries: expiries of each product, the nearest ones.
        clock: when products are traded.
        rate: this many times as many events a second, for load; intervals are divided by it.

    Raises:
        InvalidValueError: a setting is out of its range.
    """

    tick_interval: float = 1.0
    quote_interval: float = 5.0
    chain_interval: float = 5.0
    strikes: int = 21
    expiries: int = 3
    clock: MarketClock = MarketClock.ALWAYS_OPEN
    rate: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        _require_positive("rate", self.rate)
        for name in ("tick_interval", "quote_interval", "chain_interval"):
            _require_positive(name, interval := getattr(self, name))
            if interval / self.rate < _SHORTEST_INTERVAL:
                raise InvalidValueError(name, "divided by rate, must be at least a microsecond")
        _require_between("strikes", self.strikes, most=MOST_STRIKES)
        _require_between("expiries", self.expiries, most=MOST_EXPIRIES)


def _require_positive(name: str, figure: float) -> None:
    if not (math.isfinite(figure) and figure > 0.0):
        raise InvalidValueError(name, f"must be above 0 and finite, not {figure}")


def _require_between(name: str, count: int, *, most: int) -> None:
    if not 1 <= count <= most:
        raise InvalidValueError(name, f"must be from 1 to {most}, not {count}")
