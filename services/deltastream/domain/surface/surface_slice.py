"""One expiry of a surface."""

from dataclasses import dataclass
from datetime import date
from math import isfinite

from deltastream.domain.arrays import FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.surface.arbitrage import CalendarReport, calendar_ranges
from deltastream.domain.surface.fit import SliceMethod
from deltastream.domain.surface.fitted_smile import FittedSmile, fit_smile
from deltastream.domain.surface.points import SmilePoints, UsablePoints
from deltastream.domain.surface.svi import SviParameters


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurfaceSlice:
    """One expiry: its quotes, and the smile fitted to them.

    Attributes:
        expiry: the expiry date.
        forward: the forward price; None when there is none.
        years: time to expiry; None when unknown.
        strikes: those with a usable volatility, ascending, shape (points,).
        ivs: their quoted volatilities, annual, fractions.
        smile: None when there is nothing to fit.
        reason: why there is no smile, or no SVI although there were points enough for it.
        calendar: the comparison with the nearest of the nearer expiries that have a smile; None
            when there is none.
    """

    expiry: date
    forward: float | None
    years: float | None
    strikes: FloatArray
    ivs: FloatArray
    smile: FittedSmile | None
    reason: MissingReason | None
    calendar: CalendarReport | None = None

    @property
    def method(self) -> SliceMethod | None:
        """How the smile was fitted; None when it was not."""
        return None if self.smile is None else self.smile.fit.method

    @property
    def svi(self) -> SviParameters | None:
        """The parameters; None unless fitted by SVI."""
        return None if self.smile is None else self.smile.fit.svi

    @property
    def atm_iv(self) -> float | None:
        """The volatility at the forward; None without a smile, or outside the quotes."""
        return None if self.smile is None else self.smile.atm_iv

    @property
    def missing(self) -> dict[str, MissingReason]:
        """Why figures are absent, by their names in the contract."""
        if self.smile is None:
            reason = self.reason or MissingReason.NO_IMPLIED_VOLATILITY
            return dict.fromkeys(("atm_iv", "fit_error", "least_density", "svi"), reason)
        missing = {} if self.reason is None else {"svi": self.reason}
        if self.smile.atm_iv is None:
            missing["atm_iv"] = MissingReason.OUTSIDE_RANGE
        return missing


def fit_slice(points: SmilePoints, *, nearer: SurfaceSlice | None) -> SurfaceSlice:
    """Fit one expiry; without points or time left it is a slice without a smile.

    Args:
        points: of the expiry.
        nearer: the expiry to compare with, the nearest of the nearer ones; None when there is
            none.
    """
    usable = points.usable()
    smile = _fit(points, usable)
    return SurfaceSlice(
        expiry=points.expiry,
        forward=_number(points.forward),
        years=_number(points.years),
        strikes=usable.strikes,
        ivs=usable.ivs,
        smile=smile,
        reason=_no_smile(points) if smile is None else smile.fit.no_svi,
        calendar=_calendar(smile, nearer),
    )


def _fit(points: SmilePoints, usable: UsablePoints) -> FittedSmile | None:
    if points.obstacle is not None or points.forward is None or points.years is None:
        return None
    if not len(usable):
        return None
    return fit_smile(usable, forward=points.forward, years=points.years)


def _no_smile(points: SmilePoints) -> MissingReason:
    return points.obstacle or MissingReason.NO_IMPLIED_VOLATILITY


def _number(figure: float | None) -> float | None:
    return figure if figure is not None and isfinite(figure) else None


def _calendar(smile: FittedSmile | None, nearer: SurfaceSlice | None) -> CalendarReport | None:
    if smile is None or nearer is None or nearer.smile is None:
        return None
    examined = smile.reach.overlap(nearer.smile.reach)
    return CalendarReport(
        nearer_expiry=nearer.expiry,
        examined=examined,
        ranges=()
        if examined is None
        else calendar_ranges(
            nearer=nearer.smile.fit.curve, farther=smile.fit.curve, examined=examined
        ),
    )
