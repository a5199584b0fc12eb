"""Smiles through their points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.surface.interpolation import InterpolatedVariance

POINTS = st.lists(
    st.tuples(st.integers(-400, 400), st.floats(1e-8, 2.0)),
    min_size=1,
    max_size=12,
    unique_by=lambda point: point[0],
).map(sorted)


def through(*points: tuple[float, float]) -> InterpolatedVariance:
    table = np.array(points, dtype=np.float64)
    return InterpolatedVariance.through(log_moneyness=table[:, 0], total_variance=table[:, 1])


def of_hundredths(points: list[tuple[int, float]]) -> InterpolatedVariance:
    return through(*((hundredths / 100, variance) for hundredths, variance in points))


@given(points=POINTS)
def test_the_curve_goes_through_its_points(points: list[tuple[int, float]]) -> None:
    curve = of_hundredths(points)
    at_points = curve.total_variance(curve.log_moneyness)
    np.testing.assert_allclose(at_points, curve.variance, atol=1e-14 * curve.variance.max())


@given(points=POINTS)
def test_between_two_points_it_never_leaves_their_values(points: list[tuple[int, float]]) -> None:
    curve = of_hundredths(points)
    k, w = curve.log_moneyness, curve.variance
    for piece in range(len(k) - 1):
        between = curve.total_variance(np.linspace(k[piece], k[piece + 1], 21))
        lower, upper = sorted((w[piece], w[piece + 1]))
        rounding = 1e-12 * w.max()
        assert (between >= lower - rounding).all()
        assert (between <= upper + rounding).all()


@given(points=POINTS)
def test_it_is_never_below_the_lowest_point(points: list[tuple[int, float]]) -> None:
    curve = of_hundredths(points)
    assert (curve.total_variance(np.linspace(-6, 6, 501)) >= curve.variance.min()).all()


def test_outside_the_points_it_is_flat() -> None:
    curve = through((-0.1, 0.04), (0.0, 0.02), (0.2, 0.03))
    outside = np.array([-5.0, -0.11, 0.21, 5.0])

    assert curve.total_variance(outside).tolist() == [0.04, 0.04, 0.03, 0.03]
    assert curve.slope(outside).tolist() == [0.0] * 4
    assert curve.curvature(outside).tolist() == [0.0] * 4


def test_one_point_is_flat_everywhere() -> None:
    curve = through((0.05, 0.02))
    at = np.array([-1.0, 0.05, 1.0])

    assert curve.total_variance(at).tolist() == [0.02] * 3
    assert curve.slope(at).tolist() == [0.0] * 3
    assert curve.curvature(at).tolist() == [0.0] * 3
    assert curve.samples(0.05, 0.05).tolist() == pytest.approx([0.05])


def test_two_points_are_a_line() -> None:
    curve = through((0.0, 0.02), (0.2, 0.04))

    np.testing.assert_allclose(curve.total_variance(np.array([0.05, 0.1])), [0.025, 0.03])
    np.testing.assert_allclose(curve.slope(np.array([0.05, 0.1])), 0.1)
    np.testing.assert_allclose(curve.curvature(np.array([0.05, 0.1])), 0.0, atol=1e-12)


def test_slope_and_curvature_are_the_derivatives() -> None:
    curve = through((-0.2, 0.05), (-0.1, 0.03), (0.02, 0.02), (0.2, 0.035))
    inside, step = np.array([-0.15, -0.03, 0.1, 0.17]), 1e-5

    difference = (curve.total_variance(inside + step) - curve.total_variance(inside - step)) / 2
    np.testing.assert_allclose(curve.slope(inside), difference / step, atol=1e-8)
    difference = (curve.slope(inside + step) - curve.slope(inside - step)) / 2
    np.testing.assert_allclose(curve.curvature(inside), difference / step, atol=1e-8)


def test_samples_see_both_sides_of_a_point() -> None:
    curve = through((-0.2, 0.05), (0.0, 0.02), (0.2, 0.035))

    samples = curve.samples(-0.2, 0.2).tolist()

    assert samples == sorted(set(samples))
    assert {-0.2, np.nextafter(0.0, -1), 0.0, np.nextafter(0.0, 1), 0.2} <= set(samples)
