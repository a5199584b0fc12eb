"""The partial derivatives of option prices, in the units of calculus."""

from typing import NamedTuple

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.forward_options import ForwardOptions
from deltastream.domain.pricing.special_functions import ndtr


class Derivatives(NamedTuple):
    """Partial derivatives of a price; arrays that broadcast.

    Attributes:
        delta, gamma: by the underlying, once and twice.
        theta: by years that pass.
        vega, volga: by volatility, once and twice.
        rho: by the interest rate.
        vanna, charm: of delta, by volatility and by years that pass.
    """

    delta: FloatArray
    gamma: FloatArray
    theta: FloatArray
    vega: FloatArray
    rho: FloatArray
    vanna: FloatArray
    volga: FloatArray
    charm: FloatArray


def derivatives_at_fixed_growth(options: ForwardOptions, *, underlying: FloatArray) -> Derivatives:
    """Differentiate prices by an underlying, of which the forward is a fixed multiple.

    Black, "The pricing of commodity contracts" (1976). All second derivatives are multiples of
    the cash gamma, underlying**2 * gamma.
    """
    half_variance = 0.5 * options.volatility * options.volatility
    root_years = np.sqrt(options.years)
    growth = options.forward / underlying
    delta = options.signs * (options.discount * growth) * ndtr(options.signs * options.d1)
    cash_gamma = options.density / options.deviation
    change_of_delta = cash_gamma / underlying
    skewed = change_of_delta * options.d2
    return Derivatives(
        delta=delta,
        gamma=change_of_delta / underlying,
        theta=options.rate * options.price - cash_gamma * half_variance,
        vega=options.density * root_years,
        rho=-options.years * options.price,
        vanna=-root_years * skewed,
        volga=options.years * cash_gamma * options.d1 * options.d2,
        charm=options.rate * delta + skewed * half_variance / options.deviation,
    )
