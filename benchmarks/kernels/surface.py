"""How long a volatility surface takes to fit and to evaluate, on one thread."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

import numpy as np
from benchmarks.report import Figure, median

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.points import SmilePoints
from deltastream.domain.surface.surface import fit_surface
from deltastream.domain.synthetic.smile import Smile

_SMILE: Final = Smile(volatility=0.16, skew=-0.6, curvature=1.1)
_NOISE: Final = 0.005
_TODAY: Final = date(2026, 1, 23)
_EXPIRIES: Final = 18
_STRIKES: Final = (21, 60, 100)
_REPETITIONS: Final = 15
_GRID_POINTS: Final = 101


def surface_figures() -> list[Figure]:
    """Fit 18 expiries of noisy quotes, and evaluate them on a grid."""
    figures = []
    for strikes in _STRIKES:
        smiles = _smiles(strikes)
        figures.append(
            Figure(
                name=f"surface: fit of {_EXPIRIES} expiries, {strikes} strikes each",
                value=1e3 * _seconds(partial(fit_surface, smiles)),
                unit="ms",
                wanted="at most 60",
            )
        )
    surface, grid = fit_surface(_smiles(_STRIKES[-1])), np.linspace(-0.3, 0.3, _GRID_POINTS)
    figures.append(
        Figure(
            name=f"surface: grid of {_EXPIRIES} expiries, {_GRID_POINTS} strikes each",
            value=1e3 * _seconds(partial(surface.grid, grid)),
            unit="ms",
        )
    )
    return figures


def _smiles(strikes: int) -> list[SmilePoints]:
    """Quote a surface from a week to two years ahead, each volatility half a percent off."""
    random = np.random.default_rng(1)
    days = np.unique(np.geomspace(7, 730, _EXPIRIES).round()).tolist()
    return [_quotes(random, days=int(each), strikes=strikes) for each in days]


def _quotes(random: np.random.Generator, *, days: int, strikes: int) -> SmilePoints:
    years = days / 365
    deviations: FloatArray = np.linspace(-3.0, 2.5, strikes)
    at = deviations * _SMILE.volatility * years**0.5
    exact = _SMILE.implied_volatility(log_moneyness=at, years=years)
    return SmilePoints(
        expiry=_TODAY + timedelta(days=days),
        forward=100.0,
        years=years,
        strikes=100.0 * np.exp(at),
        ivs=exact * np.exp(_NOISE * random.standard_normal(strikes)),
        spreads=random.uniform(0.05, 0.2, strikes),
    )


def _seconds(work: Callable[[], object]) -> float:
    """Return the median time of a piece of work."""
    times = []
    for _ in range(_REPETITIONS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return median(times)
