"""The price of an underlying over time."""

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.synthetic.instants import SECONDS_PER_YEAR
from deltastream.domain.synthetic.schedule import InstantArray, seconds_since


class SpotPath:
    """Geometric Brownian motion without drift, seen at instants of one's choosing.

    Its steps are exact for any distance of the instants, and it does not matter in how many calls
    they are asked for.
    """

    def __init__(
        self, *, price: float, volatility: float, at: int, random: np.random.Generator
    ) -> None:
        """Begin at a price.

        Args:
            price: at the first instant, above 0.
            volatility: a fraction per square root of a year of 365 days.
            at: the first instant.
            random: where chance comes from; not to be shared.
        """
        self._log_price = float(np.log(price))
        self._volatility = volatility
        self._at = at
        self._random = random

    def sample(self, instants: InstantArray) -> FloatArray:
        """Go on to later instants, at least one, ascending, and return the price at each."""
        years = seconds_since(self._at, instants) / SECONDS_PER_YEAR
        variance = self._volatility**2 * years
        moves = np.sqrt(variance) * self._random.standard_normal(len(instants)) - variance / 2.0
        log_prices = np.cumsum(np.concatenate(([self._log_price], moves)))
        self._at, self._log_price = int(instants[-1]), float(log_prices[-1])
        prices: FloatArray = np.exp(log_prices[1:])
        return prices
