"""The volatility surface of one product: a smile an expiry, and what lies between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.fitted_smile import FittedSmile, volatility
from deltastream.domain.surface.points import SmilePoints
from deltastream.domain.surface.surface_slice import SurfaceSlice, fit_slice


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """Implied volatility over strikes and expiries.

    Attributes:
        slices: one an expiry, nearest first; those without points too.
    """

    slices: tuple[SurfaceSlice, ...]

    @property
    def smiles(self) -> tuple[FittedSmile, ...]:
        """The fitted smiles, by ascending time to expiry."""
        fitted = (one.smile for one in self.slices if one.smile is not None)
        return tuple(sorted(fitted, key=lambda smile: smile.years))

    def grid(self, log_moneyness: FloatArray) -> FloatArray:
        """Return the volatilities of every slice at ln(strike / forward).

        Args:
            log_moneyness: shape (m,).

        Returns:
            Shape (slices, m), parallel to `slices`; a row of NaN where there is no smile.
        """
        grid = np.full((len(self.slices), len(log_moneyness)), np.nan)
        for row, one in zip(grid, self.slices, strict=True):
            if one.smile is not None:
                row[:] = one.smile.implied_volatility(log_moneyness)
        return grid

    def implied_volatility(self, log_moneyness: FloatArray, *, years: float) -> FloatArray:
        """Return the volatilities at any time to expiry.

        Total variance at constant ln(strike / forward) is linear in time between two expiries, and
        so grows with time where it does from expiry to expiry: no calendar arbitrage is added. It
        is proportional to time before the first expiry and after the last, which keeps their
        volatility.

        Args:
            log_moneyness: ln(strike / forward), any shape.
            years: time to expiry.

        Returns:
            The shape of log_moneyness; NaN without any smile, or at expiry and beyond.
        """
        smiles = self.smiles
        if not smiles or not years > 0.0:
            return np.full(np.shape(log_moneyness), np.nan)
        upper = int(np.searchsorted([smile.years for smile in smiles], years, side="right"))
        if upper in {0, len(smiles)}:
            return smiles[min(upper, len(smiles) - 1)].implied_volatility(log_moneyness)
        before, after = smiles[upper - 1], smiles[upper]
        part = (years - before.years) / (after.years - before.years)
        variances = [one.fit.curve.total_variance(log_moneyness) for one in (before, after)]
        return volatility((1.0 - part) * variances[0] + part * variances[1], years=years)


def fit_surface(smiles: Sequence[SmilePoints]) -> Surface:
    """Fit every expiry for itself, and compare each with the one before it.

    An expiry that cannot be fitted leaves the others as they are.

    Args:
        smiles: of one product, one an expiry, in any order.
    """
    slices: list[SurfaceSlice] = []
    nearer: SurfaceSlice | None = None
    for points in sorted(smiles, key=lambda one: one.expiry):
        slices.append(fit_slice(points, nearer=nearer))
        nearer = slices[-1] if slices[-1].smile is not None else nearer
    return Surface(slices=tuple(slices))
