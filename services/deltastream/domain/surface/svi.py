"""Raw SVI: the smile of one expiry in five parameters."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

STEEPEST_WING: Final = 2.0
"""Total variance cannot grow faster with |k|: Lee, "The moment formula for implied volatility at
extreme strikes", Mathematical Finance 14 (2004)."""

_EVEN_SAMPLES: Final = 401
_BEND: Final = np.sinh(np.linspace(-8.0, 8.0, 161))
"""Distances from the bend in units of its width: dense close to it, and far beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SviParameters:
    """Total variance w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)).

    Gatheral, "A parsimonious arbitrage-free implied volatility parameterization", Global
    Derivatives (2004). k is ln(strike / forward).

    Attributes:
        a: level.
        b: slope of the wings, b (1 + rho) upwards and b (1 - rho) downwards.
        rho: skew.
        m: shift of the bend.
        sigma: width of the bend.
    """

    a: float
    b: float
    rho: float
    m: float
    sigma: float

    @property
    def least_total_variance(self) -> float:
        """The minimum of w."""
        return self.a + self.b * self.sigma * sqrt(1.0 - self.rho**2)

    @property
    def is_admissible(self) -> bool:
        """Whether w is a smile, nowhere negative and with wings that Lee's formula allows.

        That does not exclude butterfly arbitrage.
        """
        in_domain = self.b >= 0.0 and abs(self.rho) < 1.0 and self.sigma > 0.0
        if not in_domain or not np.isfinite((self.a, self.b, self.m, self.sigma)).all():
            return False
        steepest = self.b * (1.0 + abs(self.rho))
        return steepest <= STEEPEST_WING and self.least_total_variance >= 0.0

    def total_variance(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w(k); shape of k."""
        distance = log_moneyness - self.m
        return self.a + self.b * (self.rho * distance + self._radius(distance))

    def slope(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w'(k); shape of k."""
        distance = log_moneyness - self.m
        return self.b * (self.rho + distance / self._radius(distance))

    def curvature(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w''(k); shape of k."""
        radius = self._radius(log_moneyness - self.m)
        return self.b * (self.sigma / radius) ** 2 / radius

    def samples(self, low: float, high: float) -> FloatArray:
        """Return ascending k from `low` to `high`, dense around m."""
        bend = self.m + self.sigma * _BEND
        inside = bend[(low < bend) & (bend < high)]
        return np.unique(np.concatenate((np.linspace(low, high, _EVEN_SAMPLES), inside)))

    def _radius(self, distance: FloatArray) -> FloatArray:
        return np.hypot(distance, self.sigma)
