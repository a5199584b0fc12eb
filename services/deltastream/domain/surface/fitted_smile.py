"""The smile of one expiry as a curve, and what can be read off it."""

from dataclasses import dataclass
from math import log, sqrt
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.arbitrage import ButterflyReport, butterfly_report
from deltastream.domain.surface.fit import FittedCurve, SliceMethod, fit_curve
from deltastream.domain.surface.fit_points import fit_points
from deltastream.domain.surface.points import UsablePoints
from deltastream.domain.surface.ranges import MoneynessRange

REACH: Final = 0.25
"""SVI is examined so far beyond its quotes on either side, as a part of their range."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedSmile:
    """A curve for the quotes of one expiry.

    Attributes:
        years: time to expiry.
        fit: the curve, and how it was fitted.
        quoted: the range of ln(strike / forward) of the quotes.
        fitted_ivs: its volatilities at the quotes' strikes, parallel to them.
        rms_error: root mean square distance of these from the quoted volatilities, unweighted.
        butterfly: where it implies a negative density, in its reach.
    """

    years: float
    fit: FittedCurve
    quoted: MoneynessRange
    fitted_ivs: FloatArray
    rms_error: float
    butterfly: ButterflyReport

    @property
    def reach(self) -> MoneynessRange:
        """The range in which it is examined: wider than the quotes unless it is interpolated."""
        return reach_of(self.fit, self.quoted)

    @property
    def atm_iv(self) -> float | None:
        """The volatility at the forward; None when the quotes lie to one side of it."""
        if not self.quoted.low <= 0.0 <= self.quoted.high:
            return None
        return float(self.implied_volatility(np.zeros(1))[0])

    def implied_volatility(self, log_moneyness: FloatArray) -> FloatArray:
        """Return annual volatilities at ln(strike / forward), of the same shape."""
        return volatility(self.fit.curve.total_variance(log_moneyness), years=self.years)


def fit_smile(points: UsablePoints, *, forward: float, years: float) -> FittedSmile:
    """Fit the smile of one expiry.

    Args:
        points: one or more.
        forward: the forward price, above 0.
        years: time to expiry, above 0.
    """
    log_moneyness = np.log(points.strikes) - log(forward)
    fit = fit_curve(
        fit_points(
            log_moneyness=log_moneyness,
            total_variance=points.ivs**2 * years,
            spreads=points.spreads,
        )
    )
    quoted = MoneynessRange(low=float(log_moneyness[0]), high=float(log_moneyness[-1]))
    fitted = volatility(fit.curve.total_variance(log_moneyness), years=years)
    return FittedSmile(
        years=years,
        fit=fit,
        quoted=quoted,
        fitted_ivs=fitted,
        rms_error=sqrt(float(np.square(fitted - points.ivs).mean())),
        butterfly=butterfly_report(fit.curve, examined=reach_of(fit, quoted)),
    )


def reach_of(fit: FittedCurve, quoted: MoneynessRange) -> MoneynessRange:
    """Say where a curve is examined."""
    if fit.method is SliceMethod.INTERPOLATED:
        return quoted
    beyond = REACH * (quoted.high - quoted.low)
    return MoneynessRange(low=quoted.low - beyond, high=quoted.high + beyond)


def volatility(total_variance: FloatArray, *, years: float) -> FloatArray:
    """Return annual volatilities, of the shape of the total variances."""
    # Where a smile touches 0, rounding may reach below.
    return np.sqrt(np.maximum(total_variance, 0.0) / years)
