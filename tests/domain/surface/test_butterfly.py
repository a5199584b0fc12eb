"""Negative densities are reported where they are."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.surface.smile_builders import SKEWED, VOGT, ssvi_slice

from deltastream.domain.surface.arbitrage import butterfly_report
from deltastream.domain.surface.density import density_factor
from deltastream.domain.surface.interpolation import InterpolatedVariance
from deltastream.domain.surface.ranges import MoneynessRange
from deltastream.domain.surface.svi import SviParameters

WIDE = MoneynessRange(low=-1.5, high=1.5)


def test_vogts_slice_is_reported_as_published() -> None:
    # Gatheral and Jacquier (2014), section 2.2 and figure 1.
    report = butterfly_report(VOGT, examined=WIDE)

    assert report.least_density == pytest.approx(-0.0329, abs=5e-5)
    assert report.at == pytest.approx(0.879, abs=5e-4)
    (negative,) = report.ranges
    assert negative.low == pytest.approx(0.643, abs=1e-3)
    assert negative.high == pytest.approx(1.257, abs=1e-3)


def test_its_ends_are_roots_to_rounding() -> None:
    # Roots of g of a computation with 15 digits and numeric derivatives of w.
    (negative,) = butterfly_report(VOGT, examined=WIDE).ranges
    assert negative.low == pytest.approx(0.642407877869381, abs=1e-8)
    assert negative.high == pytest.approx(1.25691299193213, abs=1e-8)


def test_only_the_examined_range_is_reported() -> None:
    (negative,) = butterfly_report(VOGT, examined=MoneynessRange(low=0.0, high=1.0)).ranges
    assert negative.high == 1.0
    assert butterfly_report(VOGT, examined=MoneynessRange(low=-1.0, high=0.6)).ranges == ()


@given(years=st.floats(0.003, 3.0), skew=st.floats(-0.8, 0.8), curvature=st.floats(0.1, 1.1))
def test_a_surface_free_of_arbitrage_has_none(years: float, skew: float, curvature: float) -> None:
    clean = ssvi_slice(years=years, skew=skew, curvature=curvature)
    report = butterfly_report(clean, examined=WIDE)
    assert report.ranges == ()
    assert report.least_density >= 0.0


def test_a_flat_smile_has_the_density_of_black_and_scholes() -> None:
    flat = SviParameters(a=0.04, b=0.0, rho=0.0, m=0.0, sigma=1.0)
    assert butterfly_report(flat, examined=WIDE).least_density == 1.0


@pytest.mark.parametrize("svi", [SKEWED, VOGT])
def test_g_times_the_normal_density_is_a_density(svi: SviParameters) -> None:
    # g phi(d2) / sqrt(w) integrates to 1, whatever its sign.
    k = np.linspace(-12.0, 12.0, 200_001)
    deviation = np.sqrt(svi.total_variance(k))
    normal = np.exp(-0.5 * (k / deviation + deviation / 2) ** 2) / math.sqrt(2 * math.pi)
    density = density_factor(svi, k) * normal / deviation
    assert np.trapezoid(density, k) == pytest.approx(1.0, abs=1e-6)


def test_a_dip_beside_a_sharp_bend_is_not_missed() -> None:
    # Beside the bend w is about b |k| and g about 1/4 - b / (4 |k|), negative while |k| < b.
    sharp = SviParameters(a=0.0, b=1e-3, rho=0.0, m=0.0, sigma=1e-5)
    report = butterfly_report(sharp, examined=MoneynessRange(low=-0.9, high=1.0))

    k = np.linspace(-2e-3, 2e-3, 400_001)
    g = density_factor(sharp, k)
    left, right = report.ranges
    assert report.least_density == pytest.approx(g.min(), rel=1e-6)
    assert left.low == pytest.approx(k[g < 0.0][0], abs=2e-8)
    assert left.high == pytest.approx(k[(g < 0.0) & (k < 0.0)][-1], abs=2e-8)
    assert right.low == pytest.approx(k[(g < 0.0) & (k > 0.0)][0], abs=2e-8)
    assert right.high == pytest.approx(k[g < 0.0][-1], abs=2e-8)


def test_an_interpolated_smile_is_reported_from_its_pieces() -> None:
    # A smile that is concave between its points: the middle strike is far too dear.
    bump = InterpolatedVariance.through(
        log_moneyness=np.array([-0.1, 0.0, 0.1]), total_variance=np.array([0.01, 0.03, 0.01])
    )
    report = butterfly_report(bump, examined=MoneynessRange(low=-0.1, high=0.1))

    k = np.linspace(-0.1, 0.1, 100_001)
    negative = k[density_factor(bump, k) < 0.0]
    assert report.least_density <= density_factor(bump, k).min() + 1e-9
    assert report.ranges[0].low == pytest.approx(negative[0], abs=1e-5)
    assert report.ranges[-1].high == pytest.approx(negative[-1], abs=1e-5)


def test_one_point_is_free_of_arbitrage() -> None:
    point = InterpolatedVariance.through(
        log_moneyness=np.array([0.02]), total_variance=np.array([0.01])
    )
    report = butterfly_report(point, examined=MoneynessRange(low=0.02, high=0.02))
    assert report.least_density == 1.0
    assert report.ranges == ()
