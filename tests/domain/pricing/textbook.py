"""Prices as textbooks print them, for complex numbers too, and how to differentiate them.

The complex step: the imaginary part of f(x + ih) is h f'(x), with an error of h squared and no
subtraction, so that h can be so small that the derivative is exact to rounding (Squire and Trapp,
SIAM Review 40, 1998).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import ndtr

from deltastream.domain.arrays import FloatArray

Function = Callable[..., Any]


def textbook_black76(
    *, signs: Any, forward: Any, strikes: Any, volatility: Any, years: Any, rate: Any
) -> Any:
    """Discount what Black (1976) expects calls (1) and puts (-1) to pay."""
    deviation = volatility * np.sqrt(years)
    d1 = np.log(forward / strikes) / deviation + deviation / 2
    d2 = d1 - deviation
    paid = signs * (forward * ndtr(signs * d1) - strikes * ndtr(signs * d2))
    return np.exp(-rate * years) * paid


def textbook_black_scholes(
    *,
    signs: Any,
    spot: Any,
    strikes: Any,
    volatility: Any,
    years: Any,
    rate: Any,
    dividend_yield: Any,
) -> Any:
    """Price by Black, Scholes (1973) and Merton (1973)."""
    drift = (rate - dividend_yield + volatility**2 / 2) * years
    d1 = (np.log(spot / strikes) + drift) / (volatility * np.sqrt(years))
    d2 = d1 - volatility * np.sqrt(years)
    share = spot * np.exp(-dividend_yield * years) * ndtr(signs * d1)
    bond = strikes * np.exp(-rate * years) * ndtr(signs * d2)
    return signs * (share - bond)


def by_complex_step(function: Function, by: str) -> Function:
    """Return the partial derivative of a function by one of its arguments."""
    step = 1e-40

    def derivative(**arguments: Any) -> FloatArray:
        value = function(**(arguments | {by: arguments[by] + 1j * step}))
        return np.asarray(np.imag(value) / step)

    return derivative


def by_central_differences(function: Function, by: str) -> Function:
    """Return the partial derivative of a function by one of its arguments, to sixth order."""
    part = 4e-4
    weights = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}

    def derivative(**arguments: Any) -> FloatArray:
        step = part * arguments[by]

        def at(count: int) -> FloatArray:
            return np.asarray(function(**(arguments | {by: arguments[by] + count * step})))

        slopes = [weight * (at(n) - at(-n)) for n, weight in weights.items()]
        return np.asarray(sum(slopes) / step)

    return derivative
