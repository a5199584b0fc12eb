"""Static arbitrage in a surface: within one expiry, and between two."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.curve import TotalVarianceCurve
from deltastream.domain.surface.density import density_factor
from deltastream.domain.surface.ranges import MoneynessRange, lowest, negative_ranges

_DENSITY_TOLERANCE: Final = 1e-10
_CALENDAR_TOLERANCE: Final = 1e-10
"""What counts as rounding: of g, which is 1 for a flat smile; as a part of total variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButterflyReport:
    """Where a smile implies a negative probability density.

    Attributes:
        examined: the range that was looked at.
        least_density: the least g in it; see `density_factor`.
        at: ln(strike / forward) of that least g.
        ranges: where g is negative, ascending; ends that are not those of the examined range
            are roots of g.
    """

    examined: MoneynessRange
    least_density: float
    at: float
    ranges: tuple[MoneynessRange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarReport:
    """Where a smile's total variance is below that of a nearer expiry.

    Attributes:
        nearer_expiry: what the smile was compared with.
        examined: the range that was looked at; None when the two have none in common.
        ranges: where total variance is lower, ascending.
    """

    nearer_expiry: date
    examined: MoneynessRange | None
    ranges: tuple[MoneynessRange, ...]


def butterfly_report(curve: TotalVarianceCurve, *, examined: MoneynessRange) -> ButterflyReport:
    """Look for butterfly arbitrage in a range of ln(strike / forward).

    Args:
        curve: whose total variance is above 0 in the range.
        examined: the range.
    """

    def density(log_moneyness: FloatArray) -> FloatArray:
        return density_factor(curve, log_moneyness)

    samples = curve.samples(examined.low, examined.high)
    least = lowest(density, samples)
    with_least = np.union1d(samples, least.at)
    return ButterflyReport(
        examined=examined,
        least_density=least.value,
        at=least.at,
        ranges=negative_ranges(density, with_least, tolerance=_DENSITY_TOLERANCE),
    )


def calendar_ranges(
    *, nearer: TotalVarianceCurve, farther: TotalVarianceCurve, examined: MoneynessRange
) -> tuple[MoneynessRange, ...]:
    """Find where the farther expiry's total variance is below the nearer's.

    A calendar spread of options with equal ln(strike / forward) would then have a negative price:
    Gatheral and Jacquier (2014), lemma 2.1.
    """

    def relative_gain(log_moneyness: FloatArray) -> FloatArray:
        before = nearer.total_variance(log_moneyness)
        return (farther.total_variance(log_moneyness) - before) / before

    ends = examined.low, examined.high
    samples = np.union1d(nearer.samples(*ends), farther.samples(*ends))
    with_least = np.union1d(samples, lowest(relative_gain, samples).at)
    return negative_ranges(relative_gain, with_least, tolerance=_CALENDAR_TOLERANCE)
