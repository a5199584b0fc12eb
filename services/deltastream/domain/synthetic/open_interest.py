"""Open interest over strikes and time."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

_PEAK: Final = 0.7
"""Where calls above the money and puts below it are held most, in standard deviations."""
_WIDTH: Final = 0.8
_LEAST: Final = 0.03
_ROUND_STRIKE, _ROUND_STRIKE_WEIGHT = 10, 2.0
_ODD_STRIKE_WEIGHT: Final = 0.6
_UNEVENNESS: Final = 0.25
"""How far open interest strays from its usual level: the standard deviation of its logarithm."""


def usual_open_interest(
    *, strike_numbers: FloatArray, deviations: FloatArray, busiest: float
) -> FloatArray:
    """Shape open interest over strikes: humps out of the money, round strikes preferred.

    Args:
        strike_numbers: strikes in whole strike steps, shape (strikes,).
        deviations: distance of strikes from the money, in standard deviations, same shape.
        busiest: contracts at the top of a hump.

    Returns:
        Contracts, shape (2, strikes): the calls, the puts.
    """
    weights = np.where(strike_numbers % 2 == 0, 1.0, _ODD_STRIKE_WEIGHT)
    weights[strike_numbers % _ROUND_STRIKE == 0] = _ROUND_STRIKE_WEIGHT
    peaks = np.array([[_PEAK], [-_PEAK]])
    humps: FloatArray = np.exp(-0.5 * ((deviations - peaks) / _WIDTH) ** 2)
    return busiest * weights * (_LEAST + humps)


class OpenInterest:
    """Open interest that strays about its usual level and grows as expiry comes near.

    The logarithm of the stray is an Ornstein-Uhlenbeck process, stepped exactly, so a moment
    changes it by a moment's worth however often it is looked at. In a day's trading a stray shrinks
    to 1/e. All time is that of trading: nothing is opened or closed while the market is.

    Attributes:
        contracts: open now, whole, shape (2, strikes).
    """

    def __init__(
        self,
        *,
        usual: FloatArray,
        weeks_left: float,
        day_seconds: float,
        random: np.random.Generator,
    ) -> None:
        """Begin as if the process had run for ever.

        Args:
            usual: usual contracts near expiry, shape (2, strikes).
            weeks_left: trading until expiry.
            day_seconds: how long a day's trading lasts.
            random: where chance comes from.
        """
        self._usual = usual
        self._memory = day_seconds
        self._random = random
        self._stray = _UNEVENNESS * random.standard_normal(usual.shape)
        self.contracts = self._count(weeks_left)

    def advance(self, *, seconds: float, weeks_left: float) -> None:
        """Let some seconds pass, after which so many weeks are left until expiry."""
        kept = np.exp(-seconds / self._memory)
        fresh = _UNEVENNESS * np.sqrt(1.0 - kept**2)
        self._stray = kept * self._stray + fresh * self._random.standard_normal(self._usual.shape)
        self.contracts = self._count(weeks_left)

    def _count(self, weeks_left: float) -> FloatArray:
        nearness = 1.0 / (1.0 + weeks_left)
        return np.rint(nearness * self._usual * np.exp(self._stray))
