"""Calls and puts of a chain laid out over the same strikes."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.events import Legs

CALL: Final = 0
PUT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainGrid:
    """Every strike with a call, a put or both. Row 0 of a grid is the calls, row 1 the puts.

    Attributes:
        strikes: ascending, shape (strikes,).
        complete: whether every strike has both legs.
    """

    calls: Legs
    puts: Legs
    strikes: FloatArray
    complete: bool

    @classmethod
    def of(cls, *, calls: Legs, puts: Legs) -> Self:
        """Lay out the legs of a chain."""
        # Many times as fast as np.array_equal, and all chains go through here.
        if calls.strikes.tobytes() == puts.strikes.tobytes():
            return cls(calls=calls, puts=puts, strikes=calls.strikes, complete=True)
        strikes = np.union1d(calls.strikes, puts.strikes)
        return cls(calls=calls, puts=puts, strikes=strikes, complete=False)

    @property
    def listed(self) -> BoolArray:
        """Which legs there are, shape (2, strikes)."""
        if self.complete:
            return np.ones((2, len(self.strikes)), dtype=np.bool_)
        return np.array([np.isin(self.strikes, side.strikes) for side in (self.calls, self.puts)])

    def column(self, name: str) -> FloatArray:
        """Return one column of the legs, shape (2, strikes); NaN where a leg is not listed."""
        sides = (getattr(self.calls, name), getattr(self.puts, name))
        if self.complete:
            return np.array(sides)
        grid = np.full((2, len(self.strikes)), np.nan)
        for row, listed, side in zip(grid, self.listed, sides, strict=True):
            row[listed] = side
        return grid
