"""Black-Scholes: European options on spot, which pays dividends at a continuous yield."""

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.pricing.derivatives import Derivatives, derivatives_at_fixed_growth
from deltastream.domain.pricing.forward_options import (
    ForwardOptions,
    Numbers,
    log_ratio,
    options_on_forward,
)
from deltastream.domain.pricing.greeks import Greeks, in_display_units


def black_scholes_price(
    *,
    calls: bool | BoolArray,
    spot: Numbers,
    strikes: Numbers,
    volatility: Numbers,
    years: Numbers,
    rate: Numbers,
    dividend_yield: Numbers,
) -> FloatArray:
    """Price European options on spot.

    By Black and Scholes, "The pricing of options and corporate liabilities" (1973), and Merton,
    "Theory of rational option pricing" (1973), for the dividends. All arguments broadcast; what
    becomes of an element that is absurd, without volatility or without time is told in
    `black76_price`.

    Args:
        calls: True for calls, False for puts.
        spot: price of the underlying now.
        strikes: in the unit of spot.
        volatility: a fraction per square root of a year.
        years: time to expiry.
        rate: interest, continuous, a fraction per year.
        dividend_yield: likewise.

    Returns:
        Values today, in the unit of spot.
    """
    # An absurd element becomes NaN, and nothing is said about it.
    with np.errstate(all="ignore"):
        options = _options(
            calls=calls,
            spot=spot,
            strikes=strikes,
            volatility=volatility,
            years=years,
            rate=rate,
            carry=np.subtract(rate, dividend_yield),
        )
        return np.asarray(options.price)


def black_scholes(
    *,
    calls: bool | BoolArray,
    spot: Numbers,
    strikes: Numbers,
    volatility: Numbers,
    years: Numbers,
    rate: Numbers,
    dividend_yield: Numbers,
) -> tuple[FloatArray, Greeks]:
    """Price as `black_scholes_price` does, with Greeks that hold spot fixed.

    At expiry, and without volatility, they are what `black76` says.

    Returns:
        Values today, and Greeks in display units, of the shape that the arguments broadcast to.
    """
    # An absurd element becomes NaN, and nothing is said about it.
    with np.errstate(all="ignore"):
        carry = np.subtract(rate, dividend_yield)
        options = _options(
            calls=calls,
            spot=spot,
            strikes=strikes,
            volatility=volatility,
            years=years,
            rate=rate,
            carry=carry,
        )
        price = np.asarray(options.price)
        derivatives = _derivatives(options, spot=np.asarray(spot, dtype=np.float64), carry=carry)
        return price, in_display_units(derivatives, shape=price.shape)


def _derivatives(options: ForwardOptions, *, spot: FloatArray, carry: FloatArray) -> Derivatives:
    """Differentiate prices by spot, which drifts to the forward as spot * exp(carry * years)."""
    fixed = derivatives_at_fixed_growth(options, underlying=spot)
    # At expiry the forward is spot, and drifts no more.
    drift = carry * (options.years > 0.0)
    cash_delta = spot * fixed.delta
    return fixed._replace(
        theta=fixed.theta - drift * cash_delta,
        rho=fixed.rho + options.years * cash_delta,
        charm=fixed.charm - drift * (fixed.delta + spot * fixed.gamma),
    )


def _options(
    *,
    calls: bool | BoolArray,
    spot: Numbers,
    strikes: Numbers,
    volatility: Numbers,
    years: Numbers,
    rate: Numbers,
    carry: FloatArray,
) -> ForwardOptions:
    spot = np.asarray(spot, dtype=np.float64)
    strikes = np.asarray(strikes, dtype=np.float64)
    gained = carry * np.maximum(years, 0.0)
    return options_on_forward(
        calls=calls,
        forward=spot * np.exp(gained),
        strikes=strikes,
        log_moneyness=log_ratio(spot, strikes) + gained,
        volatility=volatility,
        years=years,
        rate=rate,
    )
