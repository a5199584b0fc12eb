"""Implied volatilities of European options, by Black-76."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.implied_volatility.missing_reasons import missing_reasons
from deltastream.domain.pricing.implied_volatility.normalised_options import normalise
from deltastream.domain.pricing.implied_volatility.priced_options import PricedOptions, in_one_row
from deltastream.domain.pricing.implied_volatility.search import implied_deviation

_AT_ONCE: Final = 16384
"""Options solved together: few enough that what is computed on the way stays in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImpliedVolatilities:
    """What was found, in arrays of one shape.

    Attributes:
        values: annual, a fraction; NaN where there is none.
        reasons: numbers of MissingReason, 0 where there is a value.
    """

    values: FloatArray
    reasons: CodeArray


def implied_volatilities(
    *,
    prices: float | FloatArray,
    calls: bool | BoolArray,
    forward: float | FloatArray,
    strikes: float | FloatArray,
    years: float | FloatArray,
    discount: float | FloatArray,
) -> ImpliedVolatilities:
    """Find the volatilities at which European options are worth their prices by Black-76.

    All arguments broadcast. No number in them raises anything, and none has a bearing on another
    element: an option that cannot be solved has a reason instead.

    After Jäckel, "Let's Be Rational", Wilmott 75 (2015): the leg out of the money in normalised
    form, a close guess, and Householder's steps on a straightened function of the price. Guess and
    function are others than his, closer and straighter; the modules of this package derive them.

    A price out of the money determines its volatility to a part of 1e-13. The time value of a price
    in the money has fewer digits, and so has what is found from it.

    Args:
        prices: values today, in the unit of the forward.
        calls: True for calls, False for puts.
        forward: price of the underlying for delivery at expiry.
        strikes: in the unit of the forward.
        years: time to expiry.
        discount: value today of one unit at expiry.

    Returns:
        In the shape that all arguments broadcast to. A reason is the first of these that holds:
        INVALID_INPUT where forward, strike or discount are no numbers above 0, the time is no
        number, or the price is infinite or below 0; EXPIRED where no time is left; NO_PRICE where
        the price is 0 or NaN; ABOVE_MAXIMUM from the discounted forward up, for a put from the
        discounted strike up; BELOW_INTRINSIC without time value beyond rounding; NOT_CONVERGED
        where volatility * sqrt(years) is below 1e-150 or the time value below 1e-300 of the
        forward, with which doubles cannot be computed.

    Raises:
        ValueError: the shapes do not broadcast.
    """
    options, shape = in_one_row(
        calls=calls,
        prices=prices,
        forward=forward,
        strikes=strikes,
        years=years,
        discount=discount,
    )
    values, reasons = np.empty(options.years.shape), np.zeros(options.years.shape, dtype=np.int8)
    for start in range(0, values.size, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        _solve(options.at(part), values[part], reasons[part])
    return ImpliedVolatilities(values=values.reshape(shape), reasons=reasons.reshape(shape))


def _solve(options: PricedOptions, values: FloatArray, reasons: CodeArray) -> None:
    """Write values, and reasons where there is none."""
    years = options.years
    normalised, within_bounds = normalise(options)
    solvable = within_bounds & (years > 0.0) & (years < np.inf)
    if solvable.all():
        np.divide(implied_deviation(normalised), np.sqrt(years), out=values)
    else:
        values.fill(np.nan)
        some, others = np.flatnonzero(solvable), np.flatnonzero(~solvable)
        values[some] = implied_deviation(normalised.at(some)) / np.sqrt(years[some])
        reasons[others] = missing_reasons(options.at(others))
    reasons[np.isnan(values) & solvable] = MissingReason.NOT_CONVERGED
