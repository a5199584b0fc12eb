"""Several chains side by side, each a row of strikes, so that they are computed together."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, FloatArray, PlaceArray, ScalarT
from deltastream.domain.chain_grid import CALL, PUT, ChainGrid
from deltastream.domain.events import Legs

_COLUMNS: Final = (
    "bid",
    "ask",
    "last",
    "volume",
    "open_interest",
    "price_change",
    "change_in_open_interest",
)
"""The columns of legs that something is computed of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainRows:
    """The grids of several chains as rows of one width, that of the longest and at least 1.

    A shorter chain's row is filled up with strikes that are NaN and have no leg. Sums along a row
    that are to be the same whatever its width must go from strike to strike, as `cumsum` does:
    `sum` adds in an order that depends on the length.

    Attributes:
        grids: of the chains, in their order.
        strikes: ascending, shape (chains, width).
        listed: which legs there are, shape (2, chains, width), calls before puts.
        places: where the listed legs stand among all, in their order; None when they are all.
        sides: where among the listed legs the calls of each chain begin and end, then the puts.
        legs: the _COLUMNS, NaN where no leg is listed, shape (columns, 2, chains, width).
    """

    grids: Sequence[ChainGrid]
    strikes: FloatArray
    listed: BoolArray
    places: PlaceArray | None
    sides: Sequence[tuple[int, int]]
    legs: FloatArray

    @classmethod
    def of(cls, grids: Sequence[ChainGrid]) -> Self:
        """Lay out at least one chain."""
        sides = _sides_of(grids)
        width = max(1, *(len(grid.strikes) for grid in grids))
        full = all(grid.complete and len(grid.strikes) == width for grid in grids)
        listed = np.ones((2, len(grids), width), dtype=np.bool_)
        if full:
            strikes = np.array([grid.strikes for grid in grids])
            return cls(
                grids=grids,
                strikes=strikes,
                listed=listed,
                places=None,
                sides=_ends(sides),
                legs=_stated(sides).reshape(len(_COLUMNS), *listed.shape),
            )
        strikes = np.full((len(grids), width), np.nan)
        listed[...] = False
        for row, grid in enumerate(grids):
            strikes[row, : len(grid.strikes)] = grid.strikes
            listed[:, row, : len(grid.strikes)] = grid.listed
        places = np.flatnonzero(listed)
        legs = np.full((len(_COLUMNS), listed.size), np.nan)
        legs[:, places] = _stated(sides)
        return cls(
            grids=grids,
            strikes=strikes,
            listed=listed,
            places=places,
            sides=_ends(sides),
            legs=legs.reshape(len(_COLUMNS), *listed.shape),
        )

    @property
    def paired(self) -> BoolArray:
        """Which strikes have both legs, shape (chains, width)."""
        paired: BoolArray = self.listed[CALL] & self.listed[PUT]
        return paired

    def column(self, name: str) -> FloatArray:
        """Return one of the _COLUMNS, shape (2, chains, width)."""
        column: FloatArray = self.legs[_COLUMNS.index(name)]
        return column

    def cut(self, figures: NDArray[ScalarT]) -> list[NDArray[ScalarT]]:
        """Cut what was computed of all legs, of shape (2, chains, width), into listed legs.

        Returns:
            The calls of each chain, then the puts of each, of shape (listed strikes,).
        """
        flat = figures.reshape(-1)
        listed = flat if self.places is None else flat[self.places]
        return [listed[start:end] for start, end in self.sides]


def _sides_of(grids: Sequence[ChainGrid]) -> list[Legs]:
    """Return the calls of each chain, then the puts of each."""
    return [grid.calls for grid in grids] + [grid.puts for grid in grids]


def _stated(sides: Sequence[Legs]) -> FloatArray:
    """Return the _COLUMNS of all listed legs, shape (columns, legs)."""
    values = [getattr(side, name) for name in _COLUMNS for side in sides]
    return np.concatenate(values).reshape(len(_COLUMNS), -1)


def _ends(sides: Sequence[Legs]) -> list[tuple[int, int]]:
    """Return where each side begins and ends among the listed legs."""
    return list(pairwise(accumulate(map(len, sides), initial=0)))
