"""A smile through its points, for expiries with too few of them to fit one."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.surface.monotone_cubic import MonotoneCubic

_SAMPLES_A_PIECE: Final = 33


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InterpolatedVariance:
    """Total variance interpolated over k = ln(strike / forward), and flat outside the points.

    Between two points it stays between their values, so it never overshoots and never falls below
    0. The slope is continuous between the outermost points; the curvature jumps at points.

    Attributes:
        log_moneyness: of the points, ascending without repetition, shape (points,).
        variance: total variance at the points, shape (points,).
        cubic: through two or more points; None through a single one.
    """

    log_moneyness: FloatArray
    variance: FloatArray
    cubic: MonotoneCubic | None

    @classmethod
    def through(cls, *, log_moneyness: FloatArray, total_variance: FloatArray) -> Self:
        """Interpolate one or more points."""
        several = len(log_moneyness) > 1
        return cls(
            log_moneyness=log_moneyness,
            variance=total_variance,
            cubic=MonotoneCubic.through(log_moneyness, total_variance) if several else None,
        )

    def total_variance(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w(k); shape of k."""
        if self.cubic is None:
            return np.full(np.shape(log_moneyness), self.variance[0])
        within = np.clip(log_moneyness, self.log_moneyness[0], self.log_moneyness[-1])
        # The cubics err by rounding, which could be the sign of a variance that is nearly 0.
        return np.clip(self.cubic.value(within), self.variance.min(), self.variance.max())

    def slope(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w'(k), 0 outside the points; shape of k."""
        if self.cubic is None:
            return np.zeros(np.shape(log_moneyness))
        return np.where(self._within(log_moneyness), self.cubic.slope(log_moneyness), 0.0)

    def curvature(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w''(k), 0 outside the points and of the upper piece at a point; shape of k."""
        if self.cubic is None:
            return np.zeros(np.shape(log_moneyness))
        return np.where(self._within(log_moneyness), self.cubic.curvature(log_moneyness), 0.0)

    def samples(self, low: float, high: float) -> FloatArray:
        """Return ascending k from `low` to `high`, dense in every piece and next to its ends."""
        points = self.log_moneyness
        ends = np.unique(np.concatenate(((low, high), points[(low < points) & (points < high)])))
        pieces = np.linspace(ends[:-1], ends[1:], _SAMPLES_A_PIECE).ravel()
        beside = np.concatenate((np.nextafter(ends[1:], -np.inf), np.nextafter(ends[:-1], np.inf)))
        return np.unique(np.concatenate((ends, pieces, beside)))

    def _within(self, log_moneyness: FloatArray) -> BoolArray:
        first, last = self.log_moneyness[[0, -1]]
        within: BoolArray = (first <= log_moneyness) & (log_moneyness <= last)
        return within
