"""What holds for the implied volatility of any option whatsoever."""

from dataclasses import dataclass
from itertools import product
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.arrays import FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.pricing.implied_volatility.normalised_black import (
    normalised_black,
    value_per_vega,
)
from deltastream.domain.pricing.implied_volatility.solve import (
    ImpliedVolatilities,
    implied_volatilities,
)

EPSILON = float(np.finfo(np.float64).eps)
SMALLEST = float(np.finfo(np.float64).tiny)

ABSURD = (-np.inf, -1.0, -0.0, 0.0, 5e-324, 1e-300, 1e-12, 0.5, 100.0, 1e300, np.inf, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A European option without its price."""

    call: bool
    forward: float
    strike: float
    years: float
    discount: float

    @property
    def scale(self) -> float:
        """The most that it can be worth at expiry."""
        return self.forward if self.call else self.strike

    @property
    def intrinsic(self) -> float:
        gap = self.forward - self.strike
        return max(gap if self.call else -gap, 0.0)

    def price(self, volatility: float) -> float:
        return float(
            black76_price(
                calls=self.call,
                forward=self.forward,
                strikes=self.strike,
                volatility=volatility,
                years=self.years,
                rate=-log(self.discount) / self.years,
            )
        )

    def implied(self, *prices: float) -> ImpliedVolatilities:
        return implied_volatilities(
            prices=np.array(prices),
            calls=self.call,
            forward=self.forward,
            strikes=self.strike,
            years=self.years,
            discount=self.discount,
        )

    def attainable_error(self, volatility: float, time_value: float) -> float:
        """How far, in parts, a volatility moves when the price does by its last digit."""
        deviation = np.array(volatility * sqrt(self.years))
        distance = np.abs(np.log(self.forward / self.strike)) / deviation
        sensitivity = float(value_per_vega(distance, deviation) / deviation)
        return EPSILON * self.scale / time_value * sensitivity


@st.composite
def options(draw: st.DrawFn) -> Option:
    forward = draw(st.floats(1e-3, 1e6))
    return Option(
        call=draw(st.booleans()),
        forward=forward,
        strike=forward * exp(draw(st.floats(-4.0, 4.0))),
        years=draw(st.floats(1e-4, 100.0)),
        discount=draw(st.floats(0.05, 1.5)),
    )


@given(option=options(), volatility=st.floats(0.001, 50.0))
def test_price_to_volatility_to_price(option: Option, volatility: float) -> None:
    price = option.price(volatility)
    found = option.implied(price)
    time_value = price / option.discount - option.intrinsic

    if found.reasons[0] == 0:
        again = option.price(float(found.values[0]))
        rounding = 16.0 * EPSILON * option.scale * option.discount if option.intrinsic else 0.0
        smallest = SMALLEST * option.scale  # below it, doubles have fewer digits
        assert again == pytest.approx(price, rel=1e-12, abs=max(rounding, smallest))
    elif found.reasons[0] == MissingReason.NO_PRICE:
        assert price == 0.0
    elif found.reasons[0] == MissingReason.NOT_CONVERGED:
        assert price < SMALLEST * option.scale
    elif found.reasons[0] == MissingReason.ABOVE_MAXIMUM:
        assert time_value + option.intrinsic >= option.scale * (1.0 - 4.0 * EPSILON)
    else:
        assert found.reasons[0] == MissingReason.BELOW_INTRINSIC
        assert time_value <= 8.0 * EPSILON * option.scale


@given(
    option=options(),
    share=st.floats(1e-12, 1.0 - 1e-9),
    factor=st.floats(1.0 + 1e-9, 100.0),
)
def test_a_dearer_option_has_a_greater_volatility(
    option: Option, share: float, factor: float
) -> None:
    most = min(option.forward, option.strike)
    dearer = min(share * factor, 1.0 - 1e-12)
    prices = [option.discount * (option.intrinsic + most * part) for part in (share, dearer)]
    found = option.implied(*prices)

    if not found.reasons.any() and prices[1] - prices[0] > 1e-9 * share * most:
        assert found.values[0] < found.values[1]


@given(option=options(), volatility=st.floats(0.05, 3.0))
def test_call_and_put_of_a_strike_agree(option: Option, volatility: float) -> None:
    out_of_the_money = Option(
        call=option.strike >= option.forward,
        forward=option.forward,
        strike=option.strike,
        years=option.years,
        discount=option.discount,
    )
    in_the_money = Option(
        call=not out_of_the_money.call,
        forward=option.forward,
        strike=option.strike,
        years=option.years,
        discount=option.discount,
    )
    price = out_of_the_money.price(volatility)
    gap = option.discount * abs(option.forward - option.strike)
    one, other = out_of_the_money.implied(price), in_the_money.implied(price + gap)

    if one.reasons[0] == 0 and other.reasons[0] == 0:
        time_value = price / option.discount
        attainable = in_the_money.attainable_error(float(one.values[0]), time_value)
        if attainable < 1e-3:  # beyond, one digit of the price is no longer a small change
            assert other.values[0] == pytest.approx(one.values[0], rel=1e-12 + 8.0 * attainable)


def batch(size: int, seed: int) -> dict[str, Any]:
    """Draw options that have volatilities, of all kinds."""
    random = np.random.default_rng(seed)
    forward, years = random.uniform(10.0, 1000.0, size), random.uniform(0.001, 4.0, size)
    strikes = forward * np.exp(random.normal(0.0, 0.7, size))
    calls, rate = strikes > forward, random.uniform(0.0, 0.1, size)
    volatility = random.uniform(0.05, 3.0, size)
    discount = np.exp(-rate * years)
    prices = black76_price(
        calls=calls,
        forward=forward,
        strikes=strikes,
        volatility=volatility,
        years=years,
        rate=rate,
    )
    solvable = prices > 0.0
    columns = {
        "prices": prices,
        "calls": calls,
        "forward": forward,
        "strikes": strikes,
        "years": years,
        "discount": discount,
    }
    return {name: column[solvable] for name, column in columns.items()}


def test_many_at_once_are_what_each_is_alone() -> None:
    columns = batch(40_000, seed=1)
    together = implied_volatilities(**columns)

    assert not together.reasons.any()
    for index in range(0, len(together.values), 101):
        alone = implied_volatilities(**{name: column[index] for name, column in columns.items()})
        assert alone.values.shape == alone.reasons.shape == ()
        assert alone.values == together.values[index]


def test_arguments_broadcast() -> None:
    strikes, years = np.array([90.0, 100.0, 125.0]), np.array([[0.1], [2.0]])
    calls = strikes >= 100.0
    together = implied_volatilities(
        prices=5.0, calls=calls, forward=100.0, strikes=strikes, years=years, discount=0.99
    )

    assert together.values.shape == together.reasons.shape == (2, 3)
    for row, column in np.ndindex(2, 3):
        alone = implied_volatilities(
            prices=5.0,
            calls=bool(calls[column]),
            forward=100.0,
            strikes=float(strikes[column]),
            years=float(years[row, 0]),
            discount=0.99,
        )
        assert together.values[row, column] == alone.values


def test_nothing_comes_of_nothing() -> None:
    empty: FloatArray = np.zeros((0, 3))
    found = implied_volatilities(
        prices=empty, calls=True, forward=1.0, strikes=1.0, years=1.0, discount=1.0
    )

    assert found.values.shape == found.reasons.shape == (0, 3)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="shape mismatch"):
        implied_volatilities(
            prices=np.ones(2), calls=True, forward=1.0, strikes=np.ones(3), years=1.0, discount=1.0
        )


def assert_a_number_or_a_reason(found: ImpliedVolatilities) -> None:
    assert np.array_equal(np.isnan(found.values), found.reasons != 0)
    values = found.values[found.reasons == 0]
    assert np.all((values > 0.0) & (values < np.inf))


def test_absurd_numbers_give_a_reason_or_a_volatility() -> None:
    table = np.array(list(product(ABSURD, repeat=5))).T
    for calls in (True, False):
        found = implied_volatilities(
            prices=table[0],
            calls=calls,
            forward=table[1],
            strikes=table[2],
            years=table[3],
            discount=table[4],
        )
        assert_a_number_or_a_reason(found)
        assert np.count_nonzero(found.reasons == 0) > 100


@given(
    rows=st.lists(st.tuples(*[st.floats()] * 5), min_size=1, max_size=30),
    calls=st.booleans(),
)
def test_any_numbers_give_a_reason_or_a_volatility(
    rows: list[tuple[float, ...]],
    calls: bool,  # noqa: FBT001, drawn by name
) -> None:
    prices, forward, strikes, years, discount = np.array(rows).T
    found = implied_volatilities(
        prices=prices,
        calls=calls,
        forward=forward,
        strikes=strikes,
        years=years,
        discount=discount,
    )
    assert_a_number_or_a_reason(found)


@given(
    strike=st.sampled_from([1e-12, 1e-3, 0.9, 1.0, 1.1, 1e3, 1e12]),
    years=st.sampled_from([1e-12, 1e-3, 1.0, 100.0]),
    volatility=st.floats(0.001, 50.0),
)
def test_extreme_options_out_of_the_money_give_their_volatility_back(
    strike: float, years: float, volatility: float
) -> None:
    option = Option(call=strike >= 1.0, forward=1.0, strike=strike, years=years, discount=1.0)
    # Next to the maximum this is the price to the last digit, which is all that tells there.
    normalised = normalised_black(-abs(log(strike)), volatility * sqrt(years))
    price = float(sqrt(strike) * normalised)
    found = option.implied(price)

    if found.reasons[0] == 0:
        attainable = option.attainable_error(volatility, price) * price / option.scale
        if price > 1e-290 and attainable < 1e-3:
            assert found.values[0] == pytest.approx(volatility, rel=1e-12 + 8.0 * attainable)
    else:
        assert price < SMALLEST or price >= option.scale * (1.0 - 4.0 * EPSILON)
