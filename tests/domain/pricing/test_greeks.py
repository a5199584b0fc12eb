"""Greeks against the slopes of prices, and against one another."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.domain.pricing.textbook import (
    Function,
    by_central_differences,
    by_complex_step,
    textbook_black76,
    textbook_black_scholes,
)

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.black76 import black76
from deltastream.domain.pricing.black_scholes import black_scholes
from deltastream.domain.pricing.greeks import Greeks

SIGNS = np.array([1.0, -1.0]).reshape(2, 1, 1, 1)
CALLS_AND_PUTS = SIGNS > 0

OPTIONS = {
    "strikes": np.array([70.0, 85.0, 97.0, 100.0, 104.0, 120.0, 150.0]),
    "volatility": np.array([0.12, 0.3, 0.9]).reshape(3, 1),
    "years": np.array([0.02, 0.25, 1.5]).reshape(3, 1, 1),
}
ON_FORWARD = OPTIONS | {"forward": 100.0, "rate": 0.06}
ON_SPOT = OPTIONS | {"spot": 100.0, "rate": 0.06, "dividend_yield": 0.025}

DAY, POINT = 1 / 365, 0.01

FIRST = {
    "delta": ("underlying", 1.0),
    "theta": ("years", -DAY),
    "vega": ("volatility", POINT),
    "rho": ("rate", POINT),
}
"""By what a price is differentiated, and one unit of display in it."""

SECOND = {
    "gamma": ("underlying", "underlying", 1.0),
    "vanna": ("underlying", "volatility", POINT),
    "volga": ("volatility", "volatility", POINT * POINT),
    "charm": ("underlying", "years", -DAY),
}
"""By what a price is differentiated twice, and one unit of display in it."""

Model = tuple[Callable[..., tuple[FloatArray, Greeks]], Function, dict[str, Any], str]

MODELS: dict[str, Model] = {
    "black76": (black76, textbook_black76, ON_FORWARD, "forward"),
    "black_scholes": (black_scholes, textbook_black_scholes, ON_SPOT, "spot"),
}
EVERY_MODEL = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def assert_equal(found: FloatArray, expected: FloatArray, *, part: float) -> None:
    """Compare along strikes, to a part of the greatest figure."""
    errors = np.abs(found - expected) / np.abs(expected).max(axis=-1, keepdims=True)
    assert errors.max() <= part


@EVERY_MODEL
def test_prices_are_those_of_the_textbook(model: Model) -> None:
    kernel, textbook, arguments, _ = model

    prices, _ = kernel(calls=CALLS_AND_PUTS, **arguments)

    np.testing.assert_allclose(prices, textbook(signs=SIGNS, **arguments), rtol=1e-12, atol=1e-12)


@EVERY_MODEL
@pytest.mark.parametrize("name", FIRST)
def test_first_order_greeks_are_the_slopes_of_the_price_by_complex_step(
    model: Model, name: str
) -> None:
    kernel, textbook, arguments, underlying = model
    by, unit = FIRST[name]

    _, greeks = kernel(calls=CALLS_AND_PUTS, **arguments)

    slope = by_complex_step(textbook, by.replace("underlying", underlying))
    np.testing.assert_allclose(
        getattr(greeks, name), unit * slope(signs=SIGNS, **arguments), rtol=1e-10, atol=1e-16
    )


@EVERY_MODEL
@pytest.mark.parametrize("name", SECOND)
def test_second_order_greeks_are_differences_of_the_complex_steps(model: Model, name: str) -> None:
    kernel, textbook, arguments, underlying = model
    first, second, unit = SECOND[name]

    _, greeks = kernel(calls=CALLS_AND_PUTS, **arguments)

    slope = by_complex_step(textbook, first.replace("underlying", underlying))
    bend = by_central_differences(slope, second.replace("underlying", underlying))
    assert_equal(getattr(greeks, name), unit * bend(signs=SIGNS, **arguments), part=1e-9)


@EVERY_MODEL
@pytest.mark.parametrize(
    ("name", "of", "by", "unit"),
    [
        ("gamma", "delta", "underlying", 1.0),
        ("vanna", "delta", "volatility", POINT),
        ("charm", "delta", "years", -DAY),
        ("volga", "vega", "volatility", POINT),
    ],
)
def test_second_order_greeks_are_what_the_first_ones_change_by(
    model: Model, name: str, of: str, by: str, unit: float
) -> None:
    kernel, _, arguments, underlying = model

    def figure(**changed: Any) -> Any:
        return getattr(kernel(calls=CALLS_AND_PUTS, **changed)[1], of)

    _, greeks = kernel(calls=CALLS_AND_PUTS, **arguments)

    change = by_central_differences(figure, by.replace("underlying", underlying))
    assert_equal(getattr(greeks, name), unit * change(**arguments), part=1e-9)


@EVERY_MODEL
def test_greeks_forecast_the_price_after_a_small_move_in_their_own_units(model: Model) -> None:
    kernel, _, arguments, underlying = model
    before, greeks = kernel(calls=CALLS_AND_PUTS, **arguments)
    moves = {
        underlying: (1e-4, greeks.delta * 1e-4),
        "volatility": (1e-4 * POINT, greeks.vega * 1e-4),
        "rate": (1e-4 * POINT, greeks.rho * 1e-4),
        "years": (-1e-4 * DAY, greeks.theta * 1e-4),
    }

    for argument, (move, forecast) in moves.items():
        after, _ = kernel(
            calls=CALLS_AND_PUTS, **(arguments | {argument: arguments[argument] + move})
        )
        np.testing.assert_allclose(after - before, forecast, atol=2e-4 * np.abs(forecast).max())


@EVERY_MODEL
def test_call_and_put_differ_as_parity_says(model: Model) -> None:
    kernel, _, arguments, _ = model
    rate, years, strikes = arguments["rate"], arguments["years"], arguments["strikes"]
    discount = np.exp(-rate * years)

    (call, put), greeks = kernel(calls=CALLS_AND_PUTS, **arguments)

    if kernel is black76:
        # The call less the put is discount * (forward - strike), with the forward held.
        delta, charm = discount, rate * discount
        theta, rho = rate * (call - put), -years * (call - put)
    else:
        dividend_yield = arguments["dividend_yield"]
        delta = np.exp(-dividend_yield * years)
        charm = dividend_yield * delta
        theta = dividend_yield * 100.0 * delta - rate * strikes * discount
        rho = years * strikes * discount
    expected = {"delta": delta, "charm": charm * DAY, "theta": theta * DAY, "rho": rho * POINT}
    for name in greeks.__slots__:
        of_call, of_put = getattr(greeks, name)
        wanted = np.broadcast_to(expected.get(name, 0.0), of_call.shape)
        np.testing.assert_allclose(of_call - of_put, wanted, rtol=1e-12, atol=1e-12, err_msg=name)


@EVERY_MODEL
def test_greeks_have_the_signs_that_traders_expect(model: Model) -> None:
    kernel, _, arguments, _ = model

    _, greeks = kernel(calls=CALLS_AND_PUTS, **arguments)

    calls, puts = greeks.delta
    assert (calls >= 0.0).all()
    assert (calls <= 1.0).all()
    assert (puts <= 0.0).all()
    assert (puts >= -1.0).all()
    assert (greeks.gamma > 0.0).all()
    assert (greeks.vega > 0.0).all()


@EVERY_MODEL
@pytest.mark.parametrize("years", [0.0, -0.5])
def test_at_expiry_only_delta_is_left(model: Model, years: float) -> None:
    kernel, _, arguments, _ = model

    _, greeks = kernel(calls=CALLS_AND_PUTS, **(arguments | {"years": years}))

    assert np.unique(greeks.delta).tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]
    for name in set(greeks.__slots__) - {"delta"}:
        assert not getattr(greeks, name).any(), name


def test_without_volatility_only_discounting_is_left_on_a_forward() -> None:
    prices, greeks = black76(calls=CALLS_AND_PUTS, **(ON_FORWARD | {"volatility": 0.0}))

    discount = np.exp(-0.06 * OPTIONS["years"])
    side = np.sign(100.0 - OPTIONS["strikes"])
    np.testing.assert_allclose(greeks.delta, discount * (side + SIGNS) / 2.0, rtol=1e-15)
    np.testing.assert_allclose(greeks.theta, 0.06 * prices * DAY, rtol=1e-15)
    np.testing.assert_allclose(greeks.charm, 0.06 * greeks.delta * DAY, rtol=1e-15)
    np.testing.assert_allclose(greeks.rho, -OPTIONS["years"] * prices * POINT, rtol=1e-15)
    for name in ("gamma", "vega", "vanna", "volga"):
        assert not getattr(greeks, name).any(), name


def test_without_volatility_greeks_on_spot_are_the_limit_of_a_vanishing_one() -> None:
    # No strike is at the forward of any of the three times, where the limit would jump.
    _, without = black_scholes(calls=CALLS_AND_PUTS, **(ON_SPOT | {"volatility": 0.0}))
    _, hardly = black_scholes(calls=CALLS_AND_PUTS, **(ON_SPOT | {"volatility": 1e-5}))

    for name in without.__slots__:
        np.testing.assert_allclose(
            getattr(without, name), getattr(hardly, name), rtol=1e-12, atol=1e-12, err_msg=name
        )
