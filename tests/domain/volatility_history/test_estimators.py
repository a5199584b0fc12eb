"""Realised volatility against figures computed by hand, and against known volatilities."""

from math import log, sqrt
from statistics import fmean, variance

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.volatility_history.bars import bars, brownian_bars, closes

from deltastream.domain.volatility_history.daily_bars import DailyBars
from deltastream.domain.volatility_history.estimators import (
    VolatilityEstimator,
    realised_volatility,
)

CLOSE_TO_CLOSE = VolatilityEstimator.CLOSE_TO_CLOSE
PARKINSON = VolatilityEstimator.PARKINSON
YANG_ZHANG = VolatilityEstimator.YANG_ZHANG

FOUR_DAYS = bars(
    [
        (100.0, 103.0, 99.0, 102.0),
        (101.0, 105.0, 100.0, 104.0),
        (105.0, 106.0, 101.0, 102.0),
        (102.0, 104.0, 98.0, 99.0),
    ]
)


def test_close_to_close_is_the_sample_deviation_of_log_returns() -> None:
    # ln 1.1, -ln 1.1, ln 1.1: mean ln(1.1) / 3, sum of squares about it 8/3 of ln(1.1)^2.
    history = closes([100.0, 110.0, 100.0, 110.0])
    by_hand = log(1.1) * sqrt(8.0 / 3.0 / 2.0) * sqrt(252.0)
    volatility = realised_volatility(bars=history, sessions=3, estimator=CLOSE_TO_CLOSE)
    assert volatility == pytest.approx([by_hand])


def test_parkinson_is_the_mean_square_of_the_log_range() -> None:
    history = bars([(100.0, 110.0, 100.0, 105.0), (100.0, 121.0, 100.0, 105.0)])
    by_hand = sqrt((log(1.1) ** 2 + (2.0 * log(1.1)) ** 2) / 2.0 / (4.0 * log(2.0)) * 252.0)
    volatility = realised_volatility(bars=history, sessions=2, estimator=PARKINSON)
    assert volatility == pytest.approx([by_hand])


def test_yang_zhang_adds_night_day_and_range() -> None:
    overnight = [log(101.0 / 102.0), log(105.0 / 104.0), log(102.0 / 102.0)]
    day = [log(104.0 / 101.0), log(102.0 / 105.0), log(99.0 / 102.0)]
    ranges = [
        log(105.0 / 104.0) * log(105.0 / 101.0) + log(100.0 / 104.0) * log(100.0 / 101.0),
        log(106.0 / 102.0) * log(106.0 / 105.0) + log(101.0 / 102.0) * log(101.0 / 105.0),
        log(104.0 / 99.0) * log(104.0 / 102.0) + log(98.0 / 99.0) * log(98.0 / 102.0),
    ]
    weight = 0.34 / (1.34 + 4.0 / 2.0)
    daily = variance(overnight) + weight * variance(day) + (1.0 - weight) * fmean(ranges)
    volatility = realised_volatility(bars=FOUR_DAYS, sessions=3, estimator=YANG_ZHANG)
    assert volatility == pytest.approx([sqrt(252.0 * daily)])


@pytest.mark.parametrize(
    ("estimator", "runs"), [(CLOSE_TO_CLOSE, 2), (PARKINSON, 3), (YANG_ZHANG, 2)]
)
def test_every_run_has_a_value_oldest_first(estimator: VolatilityEstimator, runs: int) -> None:
    rolling = realised_volatility(bars=FOUR_DAYS, sessions=2, estimator=estimator)
    assert len(rolling) == runs
    # A run, and the session before it, do not feel what lies around them.
    last = realised_volatility(bars=FOUR_DAYS.newest(3), sessions=2, estimator=estimator)
    assert rolling[-1] == pytest.approx(last[-1])
    assert rolling[0] != pytest.approx(rolling[-1])


@pytest.mark.parametrize("estimator", VolatilityEstimator)
def test_too_short_a_history_gives_nothing(estimator: VolatilityEstimator) -> None:
    for history in (bars([]), FOUR_DAYS):
        assert len(realised_volatility(bars=history, sessions=5, estimator=estimator)) == 0


def test_what_happens_overnight_takes_a_session_more() -> None:
    runs = {
        estimator: len(realised_volatility(bars=FOUR_DAYS, sessions=4, estimator=estimator))
        for estimator in VolatilityEstimator
    }
    assert runs == {CLOSE_TO_CLOSE: 0, PARKINSON: 1, YANG_ZHANG: 0}


def test_a_run_of_one_session_has_no_variance() -> None:
    with pytest.raises(ValueError, match="at least 2 sessions"):
        realised_volatility(bars=FOUR_DAYS, sessions=1, estimator=CLOSE_TO_CLOSE)


@pytest.mark.parametrize("estimator", VolatilityEstimator)
def test_prices_that_never_move_have_no_volatility(estimator: VolatilityEstimator) -> None:
    still = closes([187.3] * 30)
    volatility = realised_volatility(bars=still, sessions=21, estimator=estimator)
    assert volatility == pytest.approx(np.zeros(len(volatility)), abs=1e-12)


@pytest.mark.parametrize("estimator", VolatilityEstimator)
@given(unit=st.floats(1e-3, 1e6), seed=st.integers(0, 1000))
def test_volatility_does_not_depend_on_the_unit_of_price(
    estimator: VolatilityEstimator, unit: float, seed: int
) -> None:
    history = _any_bars(seed)
    scaled = DailyBars(
        dates=history.dates,
        open=history.open * unit,
        high=history.high * unit,
        low=history.low * unit,
        close=history.close * unit,
    )
    plain, in_unit = (
        realised_volatility(bars=each, sessions=5, estimator=estimator)
        for each in (history, scaled)
    )
    assert in_unit == pytest.approx(plain, rel=1e-9)


@given(drift=st.floats(-0.05, 0.05))
def test_a_steady_drift_overnight_is_no_volatility_to_yang_and_zhang(drift: float) -> None:
    history = closes([100.0 * (1.0 + drift) ** day for day in range(12)])
    volatility = realised_volatility(bars=history, sessions=10, estimator=YANG_ZHANG)
    # The variance of numbers equal to 16 digits is 0 to 32 of them; its root, to 16.
    assert volatility == pytest.approx(np.zeros(2), abs=1e-12)


def test_known_volatility_is_found_again() -> None:
    history = brownian_bars(sessions=2000, volatility=0.2, seed=7)
    estimates = {
        estimator: float(realised_volatility(bars=history, sessions=1999, estimator=estimator)[-1])
        for estimator in VolatilityEstimator
    }
    assert estimates[CLOSE_TO_CLOSE] == pytest.approx(0.2, rel=0.04)
    assert estimates[YANG_ZHANG] == pytest.approx(0.2, rel=0.04)
    # Two thirds of the variance fall into the session; Parkinson does not see the rest.
    assert estimates[PARKINSON] == pytest.approx(0.2 * sqrt(2 / 3), rel=0.04)


def test_yang_zhang_varies_less_than_close_to_close() -> None:
    history = brownian_bars(sessions=504, volatility=0.2, seed=11)
    spread = {
        estimator: realised_volatility(bars=history, sessions=10, estimator=estimator).std()
        for estimator in (CLOSE_TO_CLOSE, YANG_ZHANG)
    }
    assert spread[YANG_ZHANG] < 0.8 * spread[CLOSE_TO_CLOSE]


def _any_bars(seed: int) -> DailyBars:
    random = np.random.default_rng(seed)
    levels = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.01, size=(12, 4)).ravel())).reshape(
        12, 4
    )
    return bars(
        np.column_stack([levels[:, 0], levels.max(axis=1), levels.min(axis=1), levels[:, -1]])
    )
