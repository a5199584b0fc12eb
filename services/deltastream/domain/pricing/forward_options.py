"""European options on a lognormal forward price: what Black-76 and Black-Scholes share."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.pricing.mills_ratio import mills_ratio_decline

Numbers = float | FloatArray
"""One number, or an array of them."""

_LARGEST_DEVIATION: Final = 30.0
"""Counted at most: every price has long reached its maximum; Mills ratios would soon overflow."""

_NO_DEVIATION: Final = 1e-100
"""Stands for none, so that it can be divided by."""

_INVERSE_ROOT_TWO_PI: Final = 1.0 / np.sqrt(2.0 * np.pi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForwardOptions:
    """European options, and what their values follow from; arrays that broadcast.

    Attributes:
        signs: 1 for calls, -1 for puts.
        forward: price of the underlying for delivery at expiry.
        years: time to expiry, at least 0.
        rate: interest, continuous, per year; 0 at expiry.
        discount: value today of one unit at expiry.
        volatility: a fraction per square root of a year, at least 0.
        deviation: volatility * sqrt(years), above 0.
        d1, d2: Black's; 0 to within 1e-100 for a forward at the strike without deviation.
        density: discount * forward * N'(d1), which is discount * strike * N'(d2); 0 without
            deviation.
        price: value today, of the shape that all broadcast to.
    """

    signs: FloatArray
    forward: FloatArray
    years: FloatArray
    rate: FloatArray
    discount: FloatArray
    volatility: FloatArray
    deviation: FloatArray
    d1: FloatArray
    d2: FloatArray
    density: FloatArray
    price: FloatArray


def options_on_forward(
    *,
    calls: bool | BoolArray,
    forward: FloatArray,
    strikes: FloatArray,
    log_moneyness: FloatArray,
    volatility: Numbers,
    years: Numbers,
    rate: Numbers,
) -> ForwardOptions:
    """Value European options by Black, "The pricing of commodity contracts" (1976).

    A price is intrinsic value and time value. The time value is that of the leg out of the money,
    for both legs: no digits are lost in subtraction, and put-call parity holds to the last one.
    With Y the Mills ratio and h = |ln(forward / strike)| / deviation - deviation / 2 it is
    discount * min(forward, strike) * N'(h) * (Y(h) - Y(h + deviation)).

    Args:
        calls: True for calls, False for puts.
        forward: price of the underlying for delivery at expiry; above 0 or NaN.
        strikes: above 0 or NaN.
        log_moneyness: ln(forward / strike).
        volatility: a fraction per square root of a year; below 0 counts as NaN. It is not looked
            at where there is no time.
        years: time to expiry; below 0 counts as 0.
        rate: interest, continuous, per year.
    """
    signs = np.where(calls, 1.0, -1.0)
    time = np.maximum(years, 0.0)
    discount = np.exp(-rate * time)
    volatility = _bounded_volatility(volatility, time)
    deviation = np.maximum(volatility * np.sqrt(time), _NO_DEVIATION)
    distance = log_moneyness / deviation
    half = deviation / 2.0
    middle = np.abs(distance)
    near = middle - half
    scale = discount * np.minimum(forward, strikes) * (deviation > _NO_DEVIATION)
    density = scale * (_INVERSE_ROOT_TWO_PI * np.exp(-0.5 * near * near))
    intrinsic = discount * np.maximum(signs * (forward - strikes), 0.0)
    return ForwardOptions(
        signs=signs,
        forward=forward,
        years=time,
        rate=np.asarray(rate, dtype=np.float64) * (time > 0.0),
        discount=discount,
        volatility=volatility,
        deviation=deviation,
        d1=distance + half,
        d2=distance - half,
        density=density,
        price=intrinsic + density * mills_ratio_decline(middle=middle, width=deviation),
    )


def log_ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return ln(numerator / denominator) to the last digit; NaN unless both are above 0."""
    difference = numerator - denominator
    lesser = np.minimum(numerator, denominator)
    growth = np.abs(difference) / lesser
    logarithm = np.copysign(np.log1p(growth), difference)
    return np.where((lesser > 0.0) & (growth < np.inf), logarithm, np.nan)


def _bounded_volatility(volatility: Numbers, years: FloatArray) -> FloatArray:
    """Bound volatility where its deviation is past making a difference; any will do at expiry."""
    largest = _LARGEST_DEVIATION / np.maximum(np.sqrt(years), _NO_DEVIATION)
    array = np.asarray(volatility, dtype=np.float64)
    return np.where((array >= 0.0) | (years == 0.0), np.fmin(array, largest), np.nan)
