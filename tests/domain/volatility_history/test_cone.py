"""The cone: distributions of rolling volatility by horizon."""

from statistics import median

import numpy as np
import pytest
from tests.domain.volatility_history.bars import bars, brownian_bars, closes

from deltastream.domain.volatility_history.cone import CONE_SESSIONS, HORIZONS, volatility_cone
from deltastream.domain.volatility_history.estimators import (
    VolatilityEstimator,
    realised_volatility,
)

CLOSE_TO_CLOSE = VolatilityEstimator.CLOSE_TO_CLOSE


def test_a_horizon_states_how_its_samples_are_distributed() -> None:
    # Eight sessions and the close before them: four runs of five.
    history = closes([100.0, 101.0, 100.0, 104.0, 103.0, 108.0, 107.0, 115.0, 110.0])
    samples = realised_volatility(bars=history, sessions=5, estimator=CLOSE_TO_CLOSE).tolist()
    assert len(samples) == 4
    low, second, third, high = sorted(samples)
    week = volatility_cone(bars=history, estimator=CLOSE_TO_CLOSE)[0]
    assert (week.sessions, week.samples) == (5, 4)
    assert week.volatility is not None
    assert week.volatility.lowest == low
    assert week.volatility.highest == high
    assert week.volatility.median == pytest.approx(median(samples))
    # Between four values the quartiles lie at 0.75 and 2.25 steps from the least.
    assert week.volatility.lower_quartile == pytest.approx(low + 0.75 * (second - low))
    assert week.volatility.upper_quartile == pytest.approx(third + 0.25 * (high - third))
    assert week.volatility.latest == samples[-1]


def test_a_horizon_longer_than_the_history_has_no_samples() -> None:
    cone = volatility_cone(bars=closes([100.0] * 11), estimator=CLOSE_TO_CLOSE)
    assert [horizon.sessions for horizon in cone] == [5, 10, 21, 42, 63, 126, 252]
    assert [horizon.samples for horizon in cone] == [6, 1, 0, 0, 0, 0, 0]
    assert [horizon.volatility is None for horizon in cone] == [False] * 2 + [True] * 5


def test_no_history_gives_a_cone_without_samples() -> None:
    cone = volatility_cone(bars=bars([]), estimator=VolatilityEstimator.YANG_ZHANG)
    assert {horizon.samples for horizon in cone} == {0}


def test_what_is_older_than_two_years_does_not_count() -> None:
    calm = brownian_bars(sessions=CONE_SESSIONS + 200, volatility=0.2, seed=3)
    estimator = VolatilityEstimator.YANG_ZHANG
    whole = volatility_cone(bars=calm, estimator=estimator)
    recent = volatility_cone(bars=calm.newest(CONE_SESSIONS), estimator=estimator)
    assert whole == recent
    assert whole[-1].samples == CONE_SESSIONS - HORIZONS[-1]


def test_the_cone_narrows_with_the_horizon() -> None:
    history = brownian_bars(sessions=CONE_SESSIONS, volatility=0.2, seed=5)
    cone = volatility_cone(bars=history, estimator=VolatilityEstimator.YANG_ZHANG)
    ranges = [each.volatility for each in cone]
    widths = [each.highest - each.lowest for each in ranges if each is not None]
    assert len(widths) == len(HORIZONS)
    assert list(np.argsort(widths)[::-1]) == list(range(len(HORIZONS)))
    for each in ranges:
        assert each is not None
        ordered = [
            each.lowest, each.lower_quartile, each.median, each.upper_quartile, each.highest,
        ]  # fmt: skip
        assert ordered == sorted(ordered)
        assert each.lowest <= each.latest <= each.highest
