"""The quoted volatilities of one expiry."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.missing import MissingReason

LOWEST_VOLATILITY: Final = 1e-4
HIGHEST_VOLATILITY: Final = 100.0
"""A volatility outside these, 0.01 % and 10,000 %, is a mistake."""

SHORTEST_TIME: Final = 1e-9
LONGEST_TIME: Final = 1e3
"""In years. What expires within 30 ms has expired; nothing is listed for a thousand years."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UsablePoints:
    """Strikes that have a volatility: arrays of shape (points,), by ascending strike.

    Attributes:
        strikes: above 0.
        ivs: annual implied volatilities, fractions, above 0.
        spreads: ask less bid; NaN where unknown.
    """

    strikes: FloatArray
    ivs: FloatArray
    spreads: FloatArray

    def __len__(self) -> int:
        return len(self.strikes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmilePoints:
    """What is known of one expiry.

    Attributes:
        expiry: the expiry date.
        forward: the forward price; None when there is none.
        years: time to expiry; at most 0 when expired, None when unknown.
        strikes: shape (strikes,), in any order.
        ivs: annual implied volatilities, fractions, of the option at each strike that is out of
            the money, shape (strikes,); NaN where there is none.
        spreads: ask less bid of that option, in any one unit, shape (strikes,); NaN where
            unknown. None when nothing is.

    Raises:
        ValueError: the arrays are not parallel.
    """

    expiry: date
    forward: float | None
    years: float | None
    strikes: FloatArray
    ivs: FloatArray
    spreads: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.strikes.ndim != 1:
            raise ValueError(f"strikes of shape {self.strikes.shape} are no row of strikes")
        for name, column in (("ivs", self.ivs), ("spreads", self.spreads)):
            if column is not None and column.shape != self.strikes.shape:
                raise ValueError(
                    f"{name} of shape {column.shape} are not parallel to strikes of shape"
                    f" {self.strikes.shape}"
                )

    @property
    def obstacle(self) -> MissingReason | None:
        """Why nothing can be fitted whatever the volatilities are; None when it can."""
        if self.years is None:
            return MissingReason.NO_EXPIRY_TIME
        if self.years < SHORTEST_TIME:
            return MissingReason.EXPIRED
        if self.forward is None:
            return MissingReason.NO_FORWARD
        possible = self.years <= LONGEST_TIME and isfinite(self.forward) and self.forward > 0.0
        return None if possible else MissingReason.INVALID_INPUT

    def usable(self) -> UsablePoints:
        """Return the points whose strike and volatility can be true, by ascending strike."""
        kept = (self.strikes > 0.0) & np.isfinite(self.strikes)
        kept &= (self.ivs >= LOWEST_VOLATILITY) & (self.ivs <= HIGHEST_VOLATILITY)
        spreads = np.full(self.ivs.shape, np.nan) if self.spreads is None else self.spreads
        # Points of one strike too are put into one order, whatever order they came in.
        order = np.lexsort((spreads[kept], self.ivs[kept], self.strikes[kept]))
        return UsablePoints(
            strikes=self.strikes[kept][order],
            ivs=self.ivs[kept][order],
            spreads=spreads[kept][order],
        )
