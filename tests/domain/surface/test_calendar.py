"""Total variance that falls with time is reported where it does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.surface.smile_builders import SKEWED, ssvi_slice

from deltastream.domain.surface.arbitrage import calendar_ranges
from deltastream.domain.surface.interpolation import InterpolatedVariance
from deltastream.domain.surface.ranges import MoneynessRange
from deltastream.domain.surface.svi import SviParameters

WIDE = MoneynessRange(low=-1.5, high=1.5)
FLAT = SviParameters(a=0.04, b=0.0, rho=0.0, m=0.0, sigma=0.1)


@given(years=st.floats(0.003, 2.0), later=st.floats(1.001, 5.0), skew=st.floats(-0.8, 0.8))
def test_a_surface_free_of_arbitrage_has_none(years: float, later: float, skew: float) -> None:
    nearer, farther = (ssvi_slice(years=t, skew=skew) for t in (years, years * later))
    assert calendar_ranges(nearer=nearer, farther=farther, examined=WIDE) == ()


def test_a_crossing_is_reported_where_it_is() -> None:
    # b sqrt(k^2 + sigma^2) is below 0.04 while k^2 < 0.4^2 - sigma^2.
    smile = SviParameters(a=0.0, b=0.1, rho=0.0, m=0.0, sigma=0.1)
    (found,) = calendar_ranges(nearer=FLAT, farther=smile, examined=WIDE)
    assert found.low == pytest.approx(-(0.15**0.5), abs=1e-8)
    assert found.high == pytest.approx(0.15**0.5, abs=1e-8)

    left, right = calendar_ranges(nearer=smile, farther=FLAT, examined=WIDE)
    assert (left.low, right.high) == (WIDE.low, WIDE.high)
    assert left.high == pytest.approx(-(0.15**0.5), abs=1e-8)
    assert right.low == pytest.approx(0.15**0.5, abs=1e-8)


def test_a_crossing_in_a_sharp_bend_alone_is_found() -> None:
    sharp = SviParameters(a=0.0399, b=0.5, rho=0.0, m=0.1234, sigma=1e-4)
    (found,) = calendar_ranges(nearer=FLAT, farther=sharp, examined=WIDE)
    half_width = ((0.0001 / 0.5) ** 2 - 1e-8) ** 0.5
    assert found.low == pytest.approx(0.1234 - half_width, abs=1e-8)
    assert found.high == pytest.approx(0.1234 + half_width, abs=1e-8)


def test_equal_total_variance_is_no_arbitrage() -> None:
    rounded = replace(SKEWED, a=SKEWED.a * (1 - 1e-15))
    assert calendar_ranges(nearer=SKEWED, farther=rounded, examined=WIDE) == ()


def test_interpolated_smiles_are_compared_too() -> None:
    line = InterpolatedVariance.through(
        log_moneyness=np.array([-0.1, 0.1]), total_variance=np.array([0.03, 0.05])
    )
    (found,) = calendar_ranges(
        nearer=FLAT, farther=line, examined=MoneynessRange(low=-0.1, high=0.1)
    )
    assert found.low == -0.1
    assert found.high == pytest.approx(0.0, abs=1e-8)
