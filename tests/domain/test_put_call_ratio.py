"""Totals and put-call ratios."""

import math

import numpy as np

from deltastream.domain.put_call_ratio import put_call_ratio, total


def ratio(*, calls: float, puts: float) -> float:
    return float(put_call_ratio(call_total=np.array(calls), put_total=np.array(puts)))


def test_the_ratio_is_puts_over_calls() -> None:
    assert ratio(calls=200.0, puts=50.0) == 0.25


def test_without_calls_there_is_no_ratio() -> None:
    assert math.isnan(ratio(calls=0.0, puts=50.0))


def test_without_puts_the_ratio_is_zero() -> None:
    assert ratio(calls=200.0, puts=0.0) == 0.0


def test_a_total_passes_over_what_is_not_stated() -> None:
    assert total(np.array([1.0, np.nan, 2.5])) == 3.5


def test_the_total_of_nothing_stated_is_zero() -> None:
    assert total(np.array([np.nan, np.nan])) == 0.0


def test_each_row_has_its_total() -> None:
    assert total(np.array([[1.0, 2.0], [np.nan, 4.0]])).tolist() == [3.0, 4.0]
