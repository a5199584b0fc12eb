"""Where functions are negative."""

import numpy as np
import pytest

from deltastream.domain.surface.ranges import MoneynessRange, lowest, negative_ranges

EVEN = np.linspace(-1.0, 1.0, 41)


def test_the_lowest_value_is_found_between_samples() -> None:
    found = lowest(lambda k: (k - 0.123456) ** 2 - 3.0, EVEN)
    assert found.at == pytest.approx(0.123456, abs=1e-5)
    assert found.value == pytest.approx(-3.0, abs=1e-10)


@pytest.mark.parametrize("end", [-1.0, 1.0])
def test_the_lowest_value_may_be_at_an_end(end: float) -> None:
    assert lowest(lambda k: -k * end, EVEN).at == end


def test_a_function_may_be_as_low_in_many_places() -> None:
    assert lowest(np.zeros_like, EVEN).value == 0.0


def test_the_lowest_value_on_the_edge_of_a_step_is_found() -> None:
    found = lowest(lambda k: np.where(k < 0.26, -k, 1.0), EVEN)
    assert found.value == pytest.approx(-0.26, abs=2e-5)


def test_ends_are_roots() -> None:
    (found,) = negative_ranges(lambda k: k**2 - 0.2, EVEN, tolerance=0.0)
    assert found.low == pytest.approx(-(0.2**0.5), abs=1e-13)
    assert found.high == pytest.approx(0.2**0.5, abs=1e-13)


def test_every_interval_is_found() -> None:
    found = negative_ranges(lambda k: np.cos(2 * np.pi * k), EVEN, tolerance=0.0)
    ends = [end for one in found for end in (one.low, one.high)]
    np.testing.assert_allclose(ends, [-0.75, -0.25, 0.25, 0.75], atol=1e-13)


def test_intervals_end_where_the_samples_do() -> None:
    everywhere = negative_ranges(lambda k: -np.ones_like(k), EVEN, tolerance=0.0)
    assert everywhere == (MoneynessRange(low=-1.0, high=1.0),)
    left, right = negative_ranges(lambda k: 0.25 - k**2, EVEN, tolerance=0.0)
    assert (left.low, right.high) == (-1.0, 1.0)


def test_a_single_sample_is_an_interval_or_none() -> None:
    one = np.array([0.3])
    assert negative_ranges(lambda k: k - 1, one, tolerance=0.0) == (
        MoneynessRange(low=0.3, high=0.3),
    )
    assert negative_ranges(lambda k: k, one, tolerance=0.0) == ()


def test_rounding_is_not_negative() -> None:
    assert negative_ranges(lambda k: -1e-12 * np.ones_like(k), EVEN, tolerance=1e-10) == ()


def test_the_overlap_is_what_both_cover() -> None:
    low, high = MoneynessRange(low=-1.0, high=0.5), MoneynessRange(low=0.0, high=2.0)
    assert low.overlap(high) == high.overlap(low) == MoneynessRange(low=0.0, high=0.5)
    assert low.overlap(MoneynessRange(low=0.5, high=1.0)) == MoneynessRange(low=0.5, high=0.5)
    assert low.overlap(MoneynessRange(low=0.6, high=1.0)) is None
