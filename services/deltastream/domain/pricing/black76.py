"""Black-76: European options on a forward."""

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.pricing.derivatives import derivatives_at_fixed_growth
from deltastream.domain.pricing.forward_options import (
    ForwardOptions,
    Numbers,
    log_ratio,
    options_on_forward,
)
from deltastream.domain.pricing.greeks import Greeks, in_display_units


def black76_price(
    *,
    calls: bool | BoolArray,
    forward: Numbers,
    strikes: Numbers,
    volatility: Numbers,
    years: Numbers,
    rate: Numbers,
) -> FloatArray:
    """Price European options on a forward by Black, "The pricing of commodity contracts" (1976).

    All arguments broadcast. An element is NaN when its forward or strike is not a positive number,
    its volatility is negative, or any of its arguments is NaN; it never touches its neighbours.

    Args:
        calls: True for calls, False for puts.
        forward: price of the underlying for delivery at expiry.
        strikes: in the unit of the forward.
        volatility: a fraction per square root of a year; at 0 the forward does not move.
        years: time to expiry; at 0 and below an option is worth its intrinsic value, whatever the
            volatility, NaN included.
        rate: interest, continuous, a fraction per year.

    Returns:
        Values today, in the unit of the forward, wrong by a part of at most 3e-13 down to 1e-100.
    """
    # An absurd element becomes NaN, and nothing is said about it.
    with np.errstate(all="ignore"):
        options = _options(
            calls=calls,
            forward=forward,
            strikes=strikes,
            volatility=volatility,
            years=years,
            rate=rate,
        )
        return np.asarray(options.price)


def black76(
    *,
    calls: bool | BoolArray,
    forward: Numbers,
    strikes: Numbers,
    volatility: Numbers,
    years: Numbers,
    rate: Numbers,
) -> tuple[FloatArray, Greeks]:
    """Price as `black76_price` does, with Greeks; those by time and rate hold the forward fixed.

    At expiry delta is 1 in the money, -1 for puts, 0 out of it and half of that at the strike; all
    other Greeks are 0. Without volatility it is likewise, discounted, and time still earns
    interest: gamma, vega, vanna and volga are 0.

    Returns:
        Values today, and Greeks in display units, of the shape that the arguments broadcast to.
    """
    # An absurd element becomes NaN, and nothing is said about it.
    with np.errstate(all="ignore"):
        options = _options(
            calls=calls,
            forward=forward,
            strikes=strikes,
            volatility=volatility,
            years=years,
            rate=rate,
        )
        price = np.asarray(options.price)
        derivatives = derivatives_at_fixed_growth(options, underlying=options.forward)
        return price, in_display_units(derivatives, shape=price.shape)


def _options(
    *,
    calls: bool | BoolArray,
    forward: Numbers,
    strikes: Numbers,
    volatility: Numbers,
    years: Numbers,
    rate: Numbers,
) -> ForwardOptions:
    forward = np.asarray(forward, dtype=np.float64)
    strikes = np.asarray(strikes, dtype=np.float64)
    return options_on_forward(
        calls=calls,
        forward=forward,
        strikes=strikes,
        log_moneyness=log_ratio(forward, strikes),
        volatility=volatility,
        years=years,
        rate=rate,
    )
