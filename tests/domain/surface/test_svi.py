"""Raw SVI as a function."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.surface.smile_builders import SKEWED, VOGT

from deltastream.domain.surface.svi import SviParameters

K = np.linspace(-0.8, 0.8, 33)
SLICES = st.builds(
    SviParameters,
    a=st.floats(0.0, 0.1),
    b=st.floats(0.01, 1.0),
    rho=st.floats(-0.95, 0.95),
    m=st.floats(-0.3, 0.3),
    sigma=st.floats(0.02, 0.5),
)


def test_total_variance_is_the_formula() -> None:
    at = 0.1
    expected = 0.002 + 0.06 * (-0.55 * (0.1 - 0.02) + ((0.1 - 0.02) ** 2 + 0.09**2) ** 0.5)
    assert SKEWED.total_variance(np.array([at])) == pytest.approx([expected], rel=1e-15)


@given(svi=SLICES)
def test_slope_and_curvature_are_the_derivatives(svi: SviParameters) -> None:
    step = 1e-3 * svi.sigma
    above, below = svi.total_variance(K + step), svi.total_variance(K - step)
    slopes_above, slopes_below = svi.slope(K + step), svi.slope(K - step)
    # Central differences err by the next derivative, of order b step^2 / sigma^2.
    np.testing.assert_allclose(svi.slope(K), (above - below) / (2 * step), atol=2e-6 * svi.b)
    np.testing.assert_allclose(
        svi.curvature(K) * svi.sigma,
        (slopes_above - slopes_below) / (2 * step) * svi.sigma,
        atol=2e-6 * svi.b,
    )


@given(svi=SLICES)
def test_the_least_total_variance_is_the_minimum_of_the_curve(svi: SviParameters) -> None:
    bottom = svi.m - svi.rho * svi.sigma / np.sqrt(1.0 - svi.rho**2)
    assert svi.total_variance(np.array([bottom])) == pytest.approx([svi.least_total_variance])
    everywhere = svi.total_variance(np.linspace(bottom - 1, bottom + 1, 101))
    assert (everywhere >= svi.least_total_variance * (1 - 1e-12)).all()


def test_published_parameters_are_admissible() -> None:
    assert VOGT.is_admissible
    assert SKEWED.is_admissible


@pytest.mark.parametrize(
    "wrong",
    [
        {"b": -0.01},
        {"rho": 1.0},
        {"rho": -1.0},
        {"sigma": 0.0},
        {"sigma": -0.1},
        {"b": 2.0 / 1.55 + 1e-9},
        {"a": -0.06 * 0.09 * (1 - 0.55**2) ** 0.5 - 1e-12},
        {"a": np.nan},
        {"b": np.inf},
        {"m": np.nan},
        {"sigma": np.inf},
    ],
)
def test_parameters_outside_their_bounds_are_not(wrong: dict[str, float]) -> None:
    assert not replace(SKEWED, **wrong).is_admissible


@pytest.mark.parametrize("at_the_bound", [{"b": 2.0 / 1.55 - 1e-9}, {"b": 0.0}, {"a": 0.0}])
def test_parameters_at_their_bounds_are(at_the_bound: dict[str, float]) -> None:
    assert replace(SKEWED, **at_the_bound).is_admissible


def test_samples_cover_the_range_and_crowd_around_a_sharp_bend() -> None:
    sharp = replace(SKEWED, sigma=1e-4)

    samples = sharp.samples(-0.5, 0.5)

    assert samples[0] == -0.5
    assert samples[-1] == 0.5
    assert (np.diff(samples) > 0).all()
    assert np.count_nonzero(np.abs(samples - sharp.m) < sharp.sigma) > 10
