"""The risk-neutral density that a smile implies."""

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.curve import TotalVarianceCurve


def density_factor(curve: TotalVarianceCurve, log_moneyness: FloatArray) -> FloatArray:
    """Return g(k) = (1 - k w' / (2 w))^2 - (w'^2 / 4) (1 / w + 1 / 4) + w'' / 2.

    The implied density of the logarithm of the price at expiry is g times a positive factor, so a
    smile is free of butterfly arbitrage where g is not negative: Gatheral and Jacquier,
    "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14 (2014), equation 2.1.

    Args:
        curve: whose total variance w is above 0 at these k.
        log_moneyness: k, of any shape.
    """
    variance = curve.total_variance(log_moneyness)
    slope = curve.slope(log_moneyness)
    tilt = 1.0 - log_moneyness * slope / (2.0 * variance)
    bend = curve.curvature(log_moneyness) / 2.0
    factor: FloatArray = np.square(tilt) - slope**2 / 4.0 * (1.0 / variance + 0.25) + bend
    return factor
