"""How forward and volatility change with time to expiry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import nan

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.surface import Surface
from deltastream.domain.volatility_history.constant_maturity import (
    THIRTY_DAYS,
    constant_maturity_volatility,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TermStructure:
    """One figure an expiry, nearest first: arrays of shape (expiries,), NaN where absent.

    Attributes:
        expiries: the expiry dates.
        years: time to expiry.
        forwards: forward prices.
        atm_ivs: annual volatilities at the forward, fractions.
    """

    expiries: tuple[date, ...]
    years: FloatArray
    forwards: FloatArray
    atm_ivs: FloatArray

    def constant_maturity(self, maturity: float = THIRTY_DAYS) -> float | None:
        """Return the volatility at the money at a time to expiry, in years.

        Interpolated linearly in total variance between expiries. None, for OUTSIDE_RANGE, when no
        expiries that have a volatility lie about it.
        """
        known = np.isfinite(self.atm_ivs)
        order = np.argsort(self.years[known], kind="stable")
        return constant_maturity_volatility(
            years=self.years[known][order],
            volatilities=self.atm_ivs[known][order],
            maturity=maturity,
        )


def term_structure(surface: Surface) -> TermStructure:
    """Read the term structure off a surface."""
    slices = surface.slices
    return TermStructure(
        expiries=tuple(one.expiry for one in slices),
        years=_column(one.years for one in slices),
        forwards=_column(one.forward for one in slices),
        atm_ivs=_column(one.atm_iv for one in slices),
    )


def _column(figures: Iterable[float | None]) -> FloatArray:
    return np.array([nan if figure is None else figure for figure in figures], dtype=np.float64)
