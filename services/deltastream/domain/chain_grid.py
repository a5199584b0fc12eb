"""Calls and puts of a chain laid out over the same strikes."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.events import Legs

CALL: Final = 0
PUT: Final = 1
IS_CALL: Final = np.array([[True], [False]])
"""Which row of a grid holds calls; shape (2, 1)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainGrid:
    """Every strike with a call, a put or both. Row 0 of a grid is the calls, row 1 the puts.

    Attributes:
        strikes: ascending, shape (strikes,).
        listed: which legs there are, shape (2, strikes).
    """

    calls: Legs
    puts: Legs
    strikes: FloatArray
    listed: BoolArray

    @classmethod
    def of(cls, *, calls: Legs, puts: Legs) -> Self:
        """Lay out the legs of a chain."""
        if np.array_equal(calls.strikes, puts.strikes):
            listed = np.ones((2, len(calls)), dtype=np.bool_)
            return cls(calls=calls, puts=puts, strikes=calls.strikes, listed=listed)
        strikes = np.union1d(calls.strikes, puts.strikes)
        listed = np.array([np.isin(strikes, side.strikes) for side in (calls, puts)])
        return cls(calls=calls, puts=puts, strikes=strikes, listed=listed)

    @property
    def complete(self) -> bool:
        """Whether every strike has both legs."""
        return len(self.calls) == len(self.strikes) == len(self.puts)

    def column(self, name: str) -> FloatArray:
        """Return one column of the legs, shape (2, strikes); NaN where a leg is not listed."""
        sides = (getattr(self.calls, name), getattr(self.puts, name))
        if self.complete:
            return np.array(sides)
        grid = np.full(self.listed.shape, np.nan)
        for row, listed, side in zip(grid, self.listed, sides, strict=True):
            row[listed] = side
        return grid
