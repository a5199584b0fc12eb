"""Totals and put-call ratios."""

import numpy as np

from deltastream.domain.put_call_ratio import put_call_ratio, total


def test_the_ratio_is_puts_over_calls() -> None:
    assert put_call_ratio(call_total=200.0, put_total=50.0) == 0.25


def test_without_calls_there_is_no_ratio() -> None:
    assert put_call_ratio(call_total=0.0, put_total=50.0) is None


def test_without_puts_the_ratio_is_zero() -> None:
    assert put_call_ratio(call_total=200.0, put_total=0.0) == 0.0


def test_a_total_passes_over_what_is_not_stated() -> None:
    assert total(np.array([1.0, np.nan, 2.5])) == 3.5


def test_the_total_of_nothing_stated_is_zero() -> None:
    assert total(np.array([np.nan, np.nan])) == 0.0
    assert total(np.array([])) == 0.0
