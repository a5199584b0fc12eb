"""Which strikes are listed, and which of them are shown."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

_LISTED_EITHER_SIDE: Final = 2
"""How many times the shown strikes are listed below, and above, the first spot price."""


class Ladder:
    """Equally spaced strikes, and a window on them that follows spot in few, large moves.

    All listed strikes are traded all the time, so one that comes back into the window has kept
    its open interest. When spot leaves the listed strikes the window stops at the last of them.

    Attributes:
        numbers: the listed strikes in whole strike steps, shape (listed,).
        strikes: the listed strikes, shape (listed,).
        shown: how many of them are shown.
        window: the slice of them that is shown.
    """

    def __init__(self, *, spot: float, step: float, shown: int) -> None:
        """List strikes around a spot price.

        Args:
            spot: above 0.
            step: distance of neighbouring strikes.
            shown: how many strikes to show, at least 1.
        """
        centre = round(spot / step)
        lowest = max(centre - _LISTED_EITHER_SIDE * shown - shown // 2, 1)
        count = (2 * _LISTED_EITHER_SIDE + 1) * shown
        self.numbers: FloatArray = np.arange(lowest, lowest + count, dtype=float)
        self.strikes: FloatArray = self.numbers * step
        self._step = step
        self._lowest = lowest
        self.shown = shown
        self.window = self._centred_on(self._position(spot))

    def follow(self, spot: float) -> None:
        """Centre the window anew when spot has left the middle half of it."""
        position = self._position(spot)
        if abs(position - self.window.start - self.shown // 2) > max(self.shown / 4, 1.0):
            self.window = self._centred_on(position)

    def _position(self, spot: float) -> float:
        """Return where spot lies among the listed strikes, counted in strikes."""
        return spot / self._step - self._lowest

    def _centred_on(self, position: float) -> slice:
        last_start = len(self.strikes) - self.shown
        start = min(max(round(position) - self.shown // 2, 0), last_start)
        return slice(start, start + self.shown)
