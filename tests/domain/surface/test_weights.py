"""What counts in a fit, and how much."""

import numpy as np
import pytest

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.weights import fit_weights

K = np.array([-0.1, 0.0, 0.05, 0.1])
VARIANCE = np.full(4, 0.04)
UNKNOWN = np.full(4, np.nan)


def weights(spreads: FloatArray) -> FloatArray:
    return fit_weights(log_moneyness=K, total_variance=VARIANCE, spreads=spreads)


def black_vega(log_moneyness: FloatArray, total_variance: FloatArray) -> FloatArray:
    d1 = -log_moneyness / np.sqrt(total_variance) + np.sqrt(total_variance) / 2
    vega: FloatArray = np.exp(-(d1**2) / 2)
    return vega


def test_without_spreads_weights_are_vegas() -> None:
    vega = black_vega(K, VARIANCE)
    np.testing.assert_allclose(weights(UNKNOWN), vega / vega.max(), rtol=1e-12)


def test_weights_fall_with_the_spread() -> None:
    spreads = np.array([2.0, 1.0, 1.0, 4.0])
    expected = black_vega(K, VARIANCE) / spreads
    np.testing.assert_allclose(weights(spreads), expected / expected.max(), rtol=1e-12)


@pytest.mark.parametrize("unknown", [np.nan, -1.0, np.inf])
def test_an_unknown_spread_counts_as_the_widest(unknown: float) -> None:
    np.testing.assert_array_equal(
        weights(np.array([2.0, unknown, 1.0, 4.0])), weights(np.array([2.0, 4.0, 1.0, 4.0]))
    )


def test_a_locked_quote_counts_as_a_tenth_of_the_middle_spread() -> None:
    np.testing.assert_array_equal(
        weights(np.array([2.0, 0.0, 2.0, 4.0])), weights(np.array([2.0, 0.2, 2.0, 4.0]))
    )


def test_quotes_that_are_all_locked_are_as_good_as_without_spreads() -> None:
    np.testing.assert_array_equal(weights(np.zeros(4)), weights(UNKNOWN))


def test_no_point_is_without_weight() -> None:
    far = fit_weights(
        log_moneyness=np.array([0.0, 5.0]),
        total_variance=np.full(2, 1e-4),
        spreads=np.full(2, np.nan),
    )
    assert far.tolist() == [1.0, 0.01]


def test_where_all_vegas_vanish_they_are_still_compared() -> None:
    far = fit_weights(
        log_moneyness=np.array([5.0, 5.00005]),
        total_variance=np.full(2, 1e-4),
        spreads=np.full(2, np.nan),
    )
    assert far[0] == 1.0
    assert far[1] == pytest.approx(np.exp(-((500.005 - 0.005) ** 2 - (500 - 0.005) ** 2) / 2))
