"""Constant-maturity volatility at the money, one value a session."""

from datetime import UTC, date, datetime, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.volatility_history.constant_maturity import (
    THIRTY_DAYS,
    constant_maturity_volatility,
)
from deltastream.domain.volatility_history.daily_volatility import (
    AtmVolatility,
    daily_volatilities,
)

NEAR, FAR = date(2026, 2, 10), date(2026, 3, 10)
KOLKATA = ZoneInfo("Asia/Kolkata")
CLOSE = datetime(2026, 1, 20, 15, 30, tzinfo=KOLKATA)


def seen(expiry: date, days: float, volatility: float, *, at: datetime = CLOSE) -> AtmVolatility:
    return AtmVolatility(
        timestamp=at.astimezone(UTC), expiry=expiry, years=days / 365.0, volatility=volatility
    )


def test_total_variance_is_interpolated_not_volatility() -> None:
    # 20 days at 10 % and 50 days at 20 %: a third of the way in time, so in total variance.
    volatility = constant_maturity_volatility(
        years=np.array([20.0, 50.0]) / 365.0, volatilities=np.array([0.1, 0.2])
    )
    total = (2.0 / 3.0) * 0.1**2 * 20.0 + (1.0 / 3.0) * 0.2**2 * 50.0
    assert volatility == pytest.approx(sqrt(total / 30.0))


@pytest.mark.parametrize("days", [[], [7.0], [7.0, 29.9], [30.1, 60.0]])
def test_nothing_is_extrapolated(days: list[float]) -> None:
    years = np.array(days) / 365.0
    level = np.full(len(days), 0.2)
    assert constant_maturity_volatility(years=years, volatilities=level) is None


def test_an_expiry_of_that_maturity_speaks_alone() -> None:
    years = np.array([THIRTY_DAYS])
    only = constant_maturity_volatility(years=years, volatilities=np.array([0.17]))
    assert only == pytest.approx(0.17)


@given(near=st.floats(1.0, 29.0), far=st.floats(31.0, 400.0), level=st.floats(0.01, 3.0))
def test_a_flat_term_structure_stays_flat(near: float, far: float, level: float) -> None:
    volatility = constant_maturity_volatility(
        years=np.array([near, far]) / 365.0, volatilities=np.full(2, level)
    )
    assert volatility == pytest.approx(level)


def test_each_session_has_the_value_of_its_last_chains() -> None:
    morning = CLOSE - timedelta(hours=5)
    tomorrow = CLOSE + timedelta(days=1)
    days = daily_volatilities(
        [
            seen(NEAR, 30.0, 0.22, at=tomorrow),
            seen(NEAR, 30.0, 0.11, at=morning),
            seen(NEAR, 30.0, 0.15),
        ],
        zone=KOLKATA,
    )
    assert [each.day for each in days] == [date(2026, 1, 20), date(2026, 1, 21)]
    assert [each.volatility for each in days] == pytest.approx([0.15, 0.22])
    assert days[-1].timestamp == tomorrow


def test_expiries_of_one_session_are_interpolated_whenever_each_was_last_seen() -> None:
    early = CLOSE - timedelta(minutes=20)
    (day,) = daily_volatilities(
        [seen(FAR, 50.0, 0.2, at=early), seen(NEAR, 20.0, 0.1)], zone=KOLKATA
    )
    total = (2.0 / 3.0) * 0.1**2 * 20.0 + (1.0 / 3.0) * 0.2**2 * 50.0
    assert day.volatility == pytest.approx(sqrt(total / 30.0))
    assert day.timestamp == CLOSE


def test_a_session_without_expiries_about_the_maturity_has_none() -> None:
    tomorrow = CLOSE + timedelta(days=1)
    days = daily_volatilities(
        [seen(NEAR, 20.0, 0.1), seen(NEAR, 19.0, 0.1, at=tomorrow), seen(FAR, 50.0, 0.2)],
        zone=KOLKATA,
    )
    assert [each.day for each in days] == [date(2026, 1, 20)]


def test_a_session_is_a_day_of_the_exchange() -> None:
    # 19:00 UTC is the next day in India: a session of its own.
    late = datetime(2026, 1, 20, 19, 0, tzinfo=UTC)
    days = daily_volatilities([seen(NEAR, 30.0, 0.1), seen(NEAR, 30.0, 0.2, at=late)], zone=KOLKATA)
    assert [each.day for each in days] == [date(2026, 1, 20), date(2026, 1, 21)]


def test_nothing_seen_gives_no_series() -> None:
    assert daily_volatilities([], zone=KOLKATA) == []
