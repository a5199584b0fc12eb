"""Rank and percentile of the newest volatility."""

from math import nextafter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.missing import MissingReason
from deltastream.domain.volatility_history.rank import LEAST_RANKED, volatility_rank

TOO_SHORT = MissingReason.INSUFFICIENT_HISTORY


def test_rank_is_the_place_between_the_extremes() -> None:
    # 0.10, 0.11 ... 0.29, then 0.24 today.
    history = np.append(np.arange(10, 30) / 100.0, 0.24)
    ranked = volatility_rank(history)
    assert ranked.lowest == 0.10
    assert ranked.highest == 0.29
    assert ranked.rank == pytest.approx(100.0 * 14.0 / 19.0)
    # 0.10 to 0.23 are below: 14 of the 20 sessions before today.
    assert ranked.percentile == pytest.approx(70.0)
    assert ranked.missing == {}


def test_today_belongs_to_the_range_and_not_to_the_sessions_it_is_compared_with() -> None:
    history = np.append(np.full(19, 0.2), 0.3)
    ranked = volatility_rank(history)
    assert (ranked.rank, ranked.percentile, ranked.highest) == (100.0, 100.0, 0.3)


def test_equal_to_the_others_is_not_below_them() -> None:
    ranked = volatility_rank(np.append(np.full(20, 0.2), [0.3, 0.2]))
    assert ranked.rank == 0.0
    assert ranked.percentile == 0.0


def test_too_few_sessions_have_a_range_and_no_rank() -> None:
    ranked = volatility_rank(np.linspace(0.1, 0.3, LEAST_RANKED - 1))
    assert (ranked.lowest, ranked.highest) == (0.1, 0.3)
    assert ranked.rank is None
    assert ranked.percentile is None
    assert ranked.missing == {"rank": TOO_SHORT, "percentile": TOO_SHORT}
    assert volatility_rank(np.linspace(0.1, 0.3, LEAST_RANKED)).rank == 100.0


def test_no_sessions_say_nothing() -> None:
    ranked = volatility_rank(np.empty(0))
    assert (ranked.rank, ranked.percentile, ranked.lowest, ranked.highest) == (None,) * 4
    assert set(ranked.missing) == {"rank", "percentile", "lowest", "highest"}


def test_without_a_range_there_is_no_rank() -> None:
    ranked = volatility_rank(np.full(30, 0.2))
    assert ranked.rank is None
    assert ranked.percentile == 0.0
    assert (ranked.lowest, ranked.highest) == (0.2, 0.2)
    assert ranked.missing == {"rank": TOO_SHORT}


def test_the_narrowest_range_has_a_rank() -> None:
    history = np.full(30, 0.2)
    history[-1] = nextafter(0.2, 1.0)
    assert volatility_rank(history).rank == 100.0


@given(st.lists(st.floats(0.01, 3.0), min_size=LEAST_RANKED, max_size=60))
def test_figures_lie_between_0_and_100(history: list[float]) -> None:
    ranked = volatility_rank(np.array(history))
    for figure in (ranked.rank, ranked.percentile):
        assert figure is None or 0.0 <= figure <= 100.0
    assert (ranked.rank is None) == (len(set(history)) == 1)
