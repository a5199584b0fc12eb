"""Short ways to write smiles down in tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import sqrt

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.fit_points import FitPoints
from deltastream.domain.surface.points import SmilePoints
from deltastream.domain.surface.svi import SviParameters

TODAY = date(2026, 1, 23)
FORWARD = 24_600.0

VOGT = SviParameters(a=-0.0410, b=0.1331, rho=0.3060, m=0.3586, sigma=0.4153)
"""Axel Vogt's smile of a year, as Gatheral and Jacquier (2014), section 2.2, print it."""

SKEWED = SviParameters(a=0.002, b=0.06, rho=-0.55, m=0.02, sigma=0.09)
"""A smile as of an index."""


def fit_points_of(curve: SviParameters, log_moneyness: FloatArray) -> FitPoints:
    """Take points off a smile, all of one weight."""
    return FitPoints(
        log_moneyness=log_moneyness,
        total_variance=curve.total_variance(log_moneyness),
        weights=np.ones(len(log_moneyness)),
    )


def points_of(
    curve: SviParameters,
    *,
    days: int,
    log_moneyness: FloatArray | None = None,
    forward: float = FORWARD,
) -> SmilePoints:
    """Quote a smile without spreads."""
    at = np.linspace(-0.3, 0.3, 41) if log_moneyness is None else log_moneyness
    years = days / 365
    return SmilePoints(
        expiry=TODAY + timedelta(days=days),
        forward=forward,
        years=years,
        strikes=forward * np.exp(at),
        ivs=np.sqrt(curve.total_variance(at) / years),
    )


def quotes(
    ivs: Sequence[float],
    *,
    days: int = 30,
    strikes: Sequence[float] | None = None,
    forward: float | None = 100.0,
    years: float | None = None,
) -> SmilePoints:
    """Quote volatilities at strikes 98, 99, ... or at given ones."""
    listed = [98.0 + index for index in range(len(ivs))] if strikes is None else strikes
    return SmilePoints(
        expiry=TODAY + timedelta(days=days),
        forward=forward,
        years=days / 365 if years is None else years,
        strikes=np.array(listed, dtype=np.float64),
        ivs=np.array(ivs, dtype=np.float64),
    )


def ssvi_slice(
    *, years: float, volatility: float = 0.2, skew: float = -0.6, curvature: float = 1.1
) -> SviParameters:
    """Write a slice of the surface SVI in raw parameters.

    Gatheral and Jacquier (2014), remark 4.4 and section 4.1: with the power law phi(theta) =
    curvature / sqrt(theta (1 + theta)) the surface is free of static arbitrage while curvature *
    (1 + |skew|) <= 2.
    """
    assert curvature * (1.0 + abs(skew)) <= 2.0
    theta = volatility**2 * years
    phi = curvature / sqrt(theta * (1.0 + theta))
    return SviParameters(
        a=theta / 2.0 * (1.0 - skew**2),
        b=theta * phi / 2.0,
        rho=skew,
        m=-skew / phi,
        sigma=sqrt(1.0 - skew**2) / phi,
    )
