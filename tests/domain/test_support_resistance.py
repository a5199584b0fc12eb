"""The strikes of greatest open interest."""

import math

import numpy as np
import pytest

from deltastream.domain.support_resistance import strike_of_most

STRIKES = np.array([90.0, 100.0, 110.0])


def test_the_strike_of_the_greatest_quantity() -> None:
    assert strike_of_most(strikes=STRIKES, quantities=np.array([1.0, 3.0, 2.0])) == 100.0


def test_of_several_the_lowest() -> None:
    assert strike_of_most(strikes=STRIKES, quantities=np.array([1.0, 3.0, 3.0])) == 100.0


def test_what_is_not_stated_does_not_count() -> None:
    assert strike_of_most(strikes=STRIKES, quantities=np.array([math.nan, 0.0, 2.0])) == 110.0


def test_without_any_quantity_there_is_none() -> None:
    for quantities in (np.zeros(3), np.full(3, math.nan)):
        assert math.isnan(strike_of_most(strikes=STRIKES, quantities=quantities))


def test_of_several_rows_each_has_its_own() -> None:
    quantities = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, math.nan, 0.0]])

    found = strike_of_most(strikes=STRIKES, quantities=quantities)

    assert found.tolist() == pytest.approx([90.0, 110.0, math.nan], nan_ok=True)
