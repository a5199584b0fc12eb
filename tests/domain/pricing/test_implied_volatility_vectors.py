"""The thousand cases published with Let's Be Rational: random options, hard ones among them.

Forwards and strikes are whole numbers to 1,000, times to expiry 0 to 2 years, volatilities 0.5 to
1: strikes lie up to 64 deviations from the forward, and half of the options are in the money.
"""

import json
from dataclasses import dataclass
from typing import Self

import numpy as np
import pytest
from tests.fixtures.snapshot_files import SHARED, needs_shared_data

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.implied_volatility.normalised_black import (
    normalised_black,
    normalised_vega,
    value_per_vega,
)
from deltastream.domain.pricing.implied_volatility.solve import (
    ImpliedVolatilities,
    implied_volatilities,
)

pytestmark = needs_shared_data

EPSILON = np.finfo(np.float64).eps
SMALLEST = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """The published columns, shape (1000,)."""

    sign: FloatArray
    forward: FloatArray
    strike: FloatArray
    years: FloatArray
    volatility: FloatArray
    log_moneyness: FloatArray
    deviation: FloatArray
    black: FloatArray
    normalised_black: FloatArray
    normalised_vega: FloatArray

    @classmethod
    def read(cls) -> Self:
        data = json.loads((SHARED / "lbr_TestValues.json").read_text())
        given = {name: np.array([row[name] for row in data["input"]]) for name in data["input"][0]}
        told = {name: np.array([row[name] for row in data["output"]]) for name in data["output"][0]}
        return cls(
            sign=given["q"],
            forward=given["F"].astype(np.float64),
            strike=given["K"].astype(np.float64),
            years=given["T"],
            volatility=given["sigma"],
            log_moneyness=given["x"],
            deviation=given["s"],
            black=told["black"],
            normalised_black=told["normalised_black"],
            normalised_vega=told["normalised_vega"],
        )


@pytest.fixture(scope="module")
def cases() -> Case:
    return Case.read()


def intrinsic_values(cases: Case) -> FloatArray:
    return np.maximum(cases.sign * (cases.forward - cases.strike), 0.0)


def time_values(cases: Case) -> FloatArray:
    x = -np.abs(np.log(cases.forward / cases.strike))
    values = normalised_black(x, cases.volatility * np.sqrt(cases.years))
    return np.sqrt(cases.forward * cases.strike) * values


def attainable_error(cases: Case) -> FloatArray:
    """How far, in parts, a volatility moves when its price does by its last digit.

    That digit is a part EPSILON * price / time value of the time value, which moves by s * vega /
    time value times the part that volatility does. Infinite where time value is none or denormal.
    """
    deviation = np.maximum(cases.volatility * np.sqrt(cases.years), 1e-9)
    distance = np.abs(np.log(cases.forward / cases.strike)) / deviation
    value = np.maximum(time_values(cases), SMALLEST)
    moved = EPSILON * cases.black / value * value_per_vega(distance, deviation) / deviation
    return np.where(value > SMALLEST, moved, np.inf)


def well_conditioned(cases: Case) -> BoolArray:
    """Whether prices determine volatilities to 1e-12, with a digit to spare for their own error."""
    return attainable_error(cases) <= 1e-13


def solved(cases: Case) -> ImpliedVolatilities:
    return implied_volatilities(
        prices=cases.black,
        calls=cases.sign > 0.0,
        forward=cases.forward,
        strikes=cases.strike,
        years=cases.years,
        discount=1.0,
    )


def test_normalised_values(cases: Case) -> None:
    in_the_money = cases.sign * cases.log_moneyness > 0.0
    intrinsic = np.where(in_the_money, 2.0 * np.sinh(0.5 * np.abs(cases.log_moneyness)), 0.0)
    values = intrinsic + normalised_black(-np.abs(cases.log_moneyness), cases.deviation)

    np.testing.assert_allclose(values, cases.normalised_black, rtol=1e-12, atol=SMALLEST)


def test_normalised_vegas(cases: Case) -> None:
    distance = np.abs(cases.log_moneyness) / cases.deviation
    vega = normalised_vega(distance, cases.deviation)

    np.testing.assert_allclose(vega, cases.normalised_vega, rtol=1e-12, atol=SMALLEST)


def test_prices(cases: Case) -> None:
    prices = intrinsic_values(cases) + time_values(cases)

    np.testing.assert_allclose(prices, cases.black, rtol=1e-12, atol=SMALLEST)


def test_well_conditioned_prices_give_their_volatilities_back(cases: Case) -> None:
    well = well_conditioned(cases)
    found = solved(cases)

    assert np.count_nonzero(well) == 913
    assert not found.reasons[well].any()
    np.testing.assert_allclose(found.values[well], cases.volatility[well], rtol=1e-12)


def test_other_prices_give_what_they_still_tell_or_say_that_they_tell_nothing(cases: Case) -> None:
    ill = ~well_conditioned(cases)
    found = solved(cases)
    error = np.abs(found.values / np.maximum(cases.volatility, SMALLEST) - 1.0)
    reasons, counts = np.unique(found.reasons[ill], return_counts=True)

    assert dict(zip(reasons.tolist(), counts.tolist(), strict=True)) == {
        0: 68,
        MissingReason.BELOW_INTRINSIC: 14,
        MissingReason.EXPIRED: 5,
    }
    ill &= found.reasons == 0
    assert np.all(error[ill] <= attainable_error(cases)[ill])
    lost = found.reasons == MissingReason.BELOW_INTRINSIC
    assert np.all(time_values(cases)[lost] <= 8.0 * EPSILON * cases.black[lost])
    assert np.all(cases.years[found.reasons == MissingReason.EXPIRED] == 0.0)
