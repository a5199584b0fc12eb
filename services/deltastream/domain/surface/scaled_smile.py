"""The problem of fitting SVI, in numbers of the size of 1."""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final, Self

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.fit_points import FitPoints
from deltastream.domain.surface.least_squares import LeastSquares
from deltastream.domain.surface.svi import STEEPEST_WING, SviParameters

FARTHEST_BEND: Final = 4.0
"""How far m may be from the middle of the points, in half widths of their range."""

_SHARPEST_BEND: Final = 1e-3
_WIDEST_BEND: Final = 20.0
"""Of sigma, in half widths."""

_LEAST_VARIANCE: Final = 1e-6
"""The least total variance, as a part of the greatest: above 0, so that it can be divided by."""

_JUST_BELOW: Final = 1.0 - 1e-12
_FLATTEST_WING: Final = 1e-12
"""The least slope of a wing, scaled, and as a part of the other's: above 0, so that the skew stays
inside (-1, 1)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaledSmile:
    """Points of a smile, scaled, and SVI for them in parameters whose bounds form a box.

    Scaled, w(x) = v + (alpha r+ - beta r-)^2 with r+- = sqrt((radius +- (x - m)) / 2) and
    radius = sqrt((x - m)^2 + sigma^2). It is raw SVI with v the least total variance, alpha^2 =
    b (1 + rho) and beta^2 = b (1 - rho) the slopes of the wings, so that it is admissible when
    v >= 0 and neither slope is above its limit. Parameters are (v, alpha, beta, m, ln sigma).

    Attributes:
        middle, half_width: of the range of the points; x = (k - middle) / half_width.
        height: the greatest total variance, which scales to 1.
        x, variance: the points, scaled, shape (points,).
        factors: what errors of scaled total variance are multiplied by: their weight, through the
            derivative of volatility by total variance.
    """

    middle: float
    half_width: float
    height: float
    x: FloatArray
    variance: FloatArray
    factors: FloatArray

    @classmethod
    def of(cls, points: FitPoints) -> Self:
        """Scale two or more points."""
        first, last = points.log_moneyness[[0, -1]].tolist()
        middle, half_width = (first + last) / 2.0, (last - first) / 2.0
        height = float(points.total_variance.max())
        factors = points.weights / points.deviations
        return cls(
            middle=middle,
            half_width=half_width,
            height=height,
            x=(points.log_moneyness - middle) / half_width,
            variance=points.total_variance / height,
            factors=factors / factors.max(),
        )

    @property
    def steepest_wing(self) -> float:
        """The limit of alpha^2 and beta^2."""
        return STEEPEST_WING * _JUST_BELOW * self.half_width / self.height

    @property
    def problem(self) -> LeastSquares:
        """The sum of squares that a fit minimises."""
        steepest = sqrt(self.steepest_wing)
        flattest = sqrt(_FLATTEST_WING) * min(1.0, steepest)
        low = (_LEAST_VARIANCE, flattest, flattest, -FARTHEST_BEND, log(_SHARPEST_BEND))
        high = (1.0, steepest, steepest, FARTHEST_BEND, log(_WIDEST_BEND))
        return LeastSquares(
            residuals=self._residuals,
            jacobian=self._jacobian,
            low=np.array(low),
            high=np.array(high),
            scale=float(np.square(self.factors * self.variance).sum()),
        )

    def svi(self, parameters: FloatArray) -> SviParameters:
        """Undo the scaling."""
        least, alpha, beta, m, log_sigma = parameters.tolist()
        steepness = self.height / self.half_width
        flattest = _FLATTEST_WING * max(alpha, beta) ** 2
        up, down = (max(root**2, flattest) * steepness for root in (alpha, beta))
        b, rho = (up + down) / 2.0, (up - down) / (up + down)
        sigma = exp(log_sigma) * self.half_width
        return SviParameters(
            # From rho as it is rounded, or the least total variance could be below 0.
            a=least * self.height - b * sigma * sqrt(1.0 - rho**2),
            b=b,
            rho=rho,
            m=self.middle + m * self.half_width,
            sigma=sigma,
        )

    def _residuals(self, parameters: FloatArray) -> FloatArray:
        least, alpha, beta, m, log_sigma = parameters.tolist()
        sigma, distance = exp(log_sigma), self.x - m
        radius = np.sqrt(distance**2 + sigma**2)
        wings = (alpha**2 + beta**2) / 2.0 * radius + (alpha**2 - beta**2) / 2.0 * distance
        errors: FloatArray = least - alpha * beta * sigma + wings - self.variance
        return errors * self.factors

    def _jacobian(self, parameters: FloatArray) -> FloatArray:
        _, alpha, beta, m, log_sigma = parameters.tolist()
        sigma, distance = exp(log_sigma), self.x - m
        radius = np.sqrt(distance**2 + sigma**2)
        up, down = (radius + distance) / 2.0, (radius - distance) / 2.0
        derivatives: FloatArray = np.empty((5, len(self.x)))
        derivatives[0] = 1.0
        derivatives[1] = 2.0 * alpha * up - beta * sigma
        derivatives[2] = 2.0 * beta * down - alpha * sigma
        derivatives[3] = (beta**2 * down - alpha**2 * up) / radius
        derivatives[4] = sigma * ((alpha**2 + beta**2) / 2.0 * sigma / radius - alpha * beta)
        derivatives *= self.factors
        return derivatives
