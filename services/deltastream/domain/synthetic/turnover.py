"""Trade in options over strikes and time."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

_DAILY_TURNS: Final = 6.0
"""How often a day the usual open interest changes hands, at the money."""
_WIDTH: Final = 0.5
"""How far from the money trade reaches, in standard deviations."""


class Turnover:
    """Contracts traded since the day began: a Poisson process at each option.

    Attributes:
        contracts: traded today, whole, shape (2, strikes).
    """

    def __init__(
        self, *, usual_open_interest: FloatArray, day_seconds: float, random: np.random.Generator
    ) -> None:
        """Begin a day without trades.

        Args:
            usual_open_interest: contracts, shape (2, strikes).
            day_seconds: how long a day's trading lasts.
            random: where chance comes from.
        """
        self._busiest_rate = _DAILY_TURNS / day_seconds * usual_open_interest
        self._random = random
        self.contracts = np.zeros(usual_open_interest.shape)

    def advance(self, *, seconds: float, deviations: FloatArray) -> FloatArray:
        """Let trading go on, and return how many contracts were traded, shape (2, strikes).

        Args:
            seconds: how long.
            deviations: distance of strikes from the money, in standard deviations, shape
                (strikes,); trade is busiest at it.
        """
        rate = self._busiest_rate * np.exp(-0.5 * (deviations / _WIDTH) ** 2)
        traded = self._random.poisson(seconds * rate).astype(float)
        self.contracts = self.contracts + traded
        return traded

    def begin_day(self) -> None:
        """Forget the trades of the day before."""
        self.contracts = np.zeros(self.contracts.shape)
