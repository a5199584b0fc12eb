"""Fits the smile of one expiry."""

from dataclasses import dataclass
from enum import IntEnum
from math import sqrt
from typing import Final

import numpy as np

from deltastream.domain.missing import MissingReason
from deltastream.domain.surface.curve import TotalVarianceCurve
from deltastream.domain.surface.fit_points import FitPoints
from deltastream.domain.surface.fit_start import first_guess
from deltastream.domain.surface.interpolation import InterpolatedVariance
from deltastream.domain.surface.least_squares import minimise
from deltastream.domain.surface.scaled_smile import ScaledSmile
from deltastream.domain.surface.svi import SviParameters

FEWEST_POINTS: Final = 5
"""SVI has as many parameters."""

WORST_FIT: Final = 0.2
"""A fit whose weighted root mean square error of volatility exceeds this part of the root mean
square volatility is no picture of its points."""


class SliceMethod(IntEnum):
    """How a slice was fitted. Numbers are those of the contract."""

    SVI = 1
    INTERPOLATED = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedCurve:
    """A curve for the points of one expiry.

    Attributes:
        method: how it was fitted.
        curve: SviParameters by SVI, else an InterpolatedVariance.
        no_svi: why there is no SVI although there were points enough for it.
    """

    method: SliceMethod
    curve: TotalVarianceCurve
    no_svi: MissingReason | None = None

    @property
    def svi(self) -> SviParameters | None:
        """The parameters; None unless fitted by SVI."""
        return self.curve if isinstance(self.curve, SviParameters) else None


def fit_curve(points: FitPoints) -> FittedCurve:
    """Fit SVI to five or more points, and interpolate fewer or those that SVI does not fit.

    Args:
        points: one or more.
    """
    svi = None
    if len(points) >= FEWEST_POINTS:
        svi = fit_svi(points)
        if _is_good(svi, points):
            return FittedCurve(method=SliceMethod.SVI, curve=svi)
    return FittedCurve(
        method=SliceMethod.INTERPOLATED,
        curve=InterpolatedVariance.through(
            log_moneyness=points.log_moneyness, total_variance=points.total_variance
        ),
        no_svi=None if svi is None else MissingReason.NOT_CONVERGED,
    )


def fit_svi(points: FitPoints) -> SviParameters:
    """Fit raw SVI to five or more points by weighted least squares, within its bounds.

    Minimises the sum of squares of weight * error of volatility, the latter to first order in the
    error of total variance.
    """
    smile = ScaledSmile.of(points)
    return smile.svi(minimise(smile.problem, start=first_guess(smile)).parameters)


def _is_good(svi: SviParameters, points: FitPoints) -> bool:
    """Say whether a fit is admissible and near its points."""
    fitted = svi.total_variance(points.log_moneyness)
    if not svi.is_admissible or not (fitted > 0.0).all():
        return False
    squares = points.weights**2
    error = sqrt(float(squares @ np.square(np.sqrt(fitted) - points.deviations)))
    level = sqrt(float(squares @ points.total_variance))
    return error <= WORST_FIT * level
