"""The curve that rises and falls only where its points do, beside SciPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from deltastream.domain.surface.monotone_cubic import MonotoneCubic

POINTS = st.lists(
    st.tuples(st.integers(-400, 400), st.one_of(st.just(0.5), st.floats(1e-8, 2.0))),
    min_size=2,
    max_size=12,
    unique_by=lambda point: point[0],
).map(sorted)


@given(points=POINTS)
def test_it_is_the_curve_that_scipy_draws(points: list[tuple[int, float]]) -> None:
    x, y = np.array([place / 100 for place, _ in points]), np.array([value for _, value in points])
    ours, theirs = MonotoneCubic.through(x, y), PchipInterpolator(x, y)
    # Inside, at the points, and beyond both ends, where either goes on with its last cubic.
    at = np.concatenate((np.linspace(x[0] - 0.1, x[-1] + 0.1, 101), x))

    for found, order in [(ours.value(at), 0), (ours.slope(at), 1), (ours.curvature(at), 2)]:
        rounding = 1e-12 * y.max() / np.diff(x).min() ** order
        np.testing.assert_allclose(found, theirs(at, order), rtol=0.0, atol=rounding)


def test_a_turn_is_flat_and_a_level_stays_level() -> None:
    curve = MonotoneCubic.through(np.arange(5.0), np.array([0.0, 1.0, 0.0, 0.0, 2.0]))

    assert curve.slope(np.array([1.0, 2.0, 3.0])).tolist() == [0.0, 0.0, 0.0]
    assert curve.value(np.linspace(2.0, 3.0, 5)).tolist() == [0.0] * 5


def test_an_end_is_no_steeper_than_thrice_its_chord() -> None:
    # The parabola through these would leave the first point at 5.5 times the chord.
    curve = MonotoneCubic.through(np.array([0.0, 1.0, 1.1]), np.array([0.0, 1.0, 0.1]))

    assert curve.slope(np.array([0.0])).tolist() == [3.0]


def test_an_end_that_would_turn_back_is_flat() -> None:
    curve = MonotoneCubic.through(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 9.0]))

    assert curve.slope(np.array([0.0])).tolist() == [0.0]
