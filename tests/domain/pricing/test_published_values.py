"""Prices and Greeks that others have published."""

import json
from typing import Any

import numpy as np
import pytest
from tests.fixtures.snapshot_files import SHARED, expected_numbers, needs_shared_data

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.pricing.black_scholes import black_scholes, black_scholes_price
from deltastream.domain.pricing.greeks import Greeks

pytestmark = needs_shared_data

CALLS_AND_PUTS = np.array([[True], [False]])
DAYS, POINTS = 365.0, 100.0
"""Display units in one unit of calculus: days in a year, points in 1.00."""


def read(name: str) -> Any:
    return json.loads((SHARED / name).read_text())


def haug_arguments(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "calls": case["type"] == "Call",
        "spot": case["spot"],
        "strikes": case["strike"],
        "volatility": case["vol"],
        "years": case["t"],
        "rate": case["r"],
        "dividend_yield": case["q"],
    }


def test_haugs_prices() -> None:
    expected = expected_numbers("haug_quantlib_values.json")
    cases = read("haug_quantlib_values.json")["values"]
    assert len(cases) == expected["n_values"]

    prices = np.array([black_scholes_price(**haug_arguments(case)) for case in cases])

    errors = np.abs(prices - [case["value"] for case in cases])
    assert errors.max() <= expected["tolerance"]
    assert errors.max() == pytest.approx(expected["max_abs_err_closed_form"], rel=1e-6)


def in_haugs_units(name: str, greeks: Greeks, case: dict[str, Any]) -> float:
    if name == "theta_per_year":
        return float(greeks.theta) * DAYS
    if name == "dividend_rho":
        # The dividend yield acts on spot alone, which is held over the time to expiry.
        return float(-case["t"] * case["spot"] * greeks.delta)
    unit = POINTS if name in {"vega", "rho"} else 1.0
    return float(getattr(greeks, name)) * unit


def test_haugs_greeks() -> None:
    cases = read("haug_quantlib_values.json")["greeks"]
    assert {case["greek"] for case in cases} >= {"delta", "gamma", "vega", "theta_per_year", "rho"}

    for case in cases:
        _, greeks = black_scholes(**haug_arguments(case))
        found = in_haugs_units(case["greek"], greeks, case)
        assert found == pytest.approx(case["value"], abs=1e-4), case


def py_vollibs_columns() -> dict[str, FloatArray]:
    table = read("py_vollib_test_data.json")
    return dict(zip(table["columns"], np.array(table["data"]).T, strict=True))


@pytest.mark.parametrize(
    ("row", "letter", "price", "names"),
    [
        (0, "C", "bs_call", {"D": "delta", "G": "gamma", "V": "vega", "T": "theta", "R": "rho"}),
        (1, "P", "bs_put", {"D": "delta", "T": "theta", "R": "rho"}),
    ],
)
def test_py_vollibs_table(row: int, letter: str, price: str, names: dict[str, str]) -> None:
    attainable = expected_numbers("py_vollib_test_data.json")["max_rel_err_of_closed_form"]
    units = {"theta": DAYS, "vega": POINTS, "rho": POINTS}
    given = py_vollibs_columns()

    prices, greeks = black_scholes(
        calls=CALLS_AND_PUTS,
        spot=given["S"],
        strikes=given["K"],
        volatility=given["v"],
        years=given["t"],
        rate=given["R"],
        dividend_yield=0.0,
    )

    found = {
        letter + key: getattr(greeks, name) * units.get(name, 1) for key, name in names.items()
    }
    for column, figures in (found | {price: prices}).items():
        # The table is printed to ten decimals, so that less than 1e-6 of it says little.
        errors = np.abs(figures[row] - given[column]) / np.maximum(np.abs(given[column]), 1e-6)
        assert errors.max() <= attainable[column] * (1 + 1e-6), column


def test_the_thousand_prices_of_lets_be_rational() -> None:
    cases = read("lbr_TestValues.json")
    given = {key: np.array([case[key] for case in cases["input"]]) for key in cases["input"][0]}
    expected = np.array([case["black"] for case in cases["output"]])
    assert len(expected) == 1000

    prices = black76_price(
        calls=given["q"] > 0,
        forward=given["F"],
        strikes=given["K"],
        volatility=given["sigma"],
        years=given["T"],
        rate=0.0,
    )

    np.testing.assert_allclose(prices, expected, rtol=1e-12, atol=0.0)
