"""Ticks to partial candles, against sums written out by hand."""

from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.candles.tick_columns import (
    OPENING,
    SECOND,
    Row,
    assert_same_partial,
    at,
    columns,
    some_rows,
)

from deltastream.domain.candles.kernel import partials_of
from deltastream.domain.candles.partial import Partial
from deltastream.domain.candles.windows import MINUTE

LENGTHS = st.sampled_from([SECOND, 5 * SECOND, MINUTE, 30 * MINUTE])


def by_hand(rows: list[Row]) -> Partial:
    """Sum up the ticks of one window in exact arithmetic."""
    ordered = sorted(rows)
    prices = [Fraction(price) for _, _, price, _ in ordered]
    volumes = [Fraction(volume) for *_, volume in ordered if volume is not None]
    mean = sum(prices) / len(prices)
    return Partial(
        open_at=ordered[0][:2],
        open=ordered[0][2],
        close_at=ordered[-1][:2],
        close=ordered[-1][2],
        high=float(max(prices)),
        low=float(min(prices)),
        volume=float(sum(volumes)) if volumes else None,
        count=len(prices),
        mean=float(mean),
        squares=float(sum((price - mean) ** 2 for price in prices)),
    )


@given(rows=some_rows, length=LENGTHS)
def test_each_window_says_what_its_ticks_say(rows: list[Row], length: int) -> None:
    found = dict(partials_of(columns(rows), length=length).by_start())
    windows = groupby(sorted(rows), key=lambda row: row[0] - row[0] % length)
    expected = {start: by_hand(list(group)) for start, group in windows}
    assert list(found) == list(expected)
    for start, partial in expected.items():
        assert_same_partial(found[start], partial)


@given(rows=some_rows, data=st.data())
def test_order_and_repetition_change_nothing(rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows + rows[::2]))
    once = dict(partials_of(columns(rows), length=MINUTE).by_start())
    assert dict(partials_of(columns(shuffled), length=MINUTE).by_start()) == once


def test_no_ticks_make_no_windows() -> None:
    assert list(partials_of(columns([]), length=MINUTE).by_start()) == []


def test_a_window_holds_its_first_instant_and_not_its_end() -> None:
    rows = [at(0), at(59.999999), at(60)]
    found = dict(partials_of(columns(rows), length=MINUTE).by_start())
    assert {start: partial.count for start, partial in found.items()} == {
        OPENING: 2,
        OPENING + MINUTE: 1,
    }


def test_windows_before_1970_are_aligned_as_well() -> None:
    ((start, _),) = partials_of(columns([(-1, 1, 5.0, None)]), length=MINUTE).by_start()
    assert start == -MINUTE


def test_ticks_of_one_time_are_ordered_by_sequence() -> None:
    rows = [at(1, 5.0, sequence=9), at(1, 7.0, sequence=3), at(1, 6.0, sequence=8)]
    ((_, partial),) = partials_of(columns(rows), length=MINUTE).by_start()
    assert (partial.open, partial.close) == (7.0, 5.0)


def test_a_flat_window_has_its_price_for_mean_and_no_variance() -> None:
    rows = [at(number / 10, 0.1) for number in range(600)]
    ((_, partial),) = partials_of(columns(rows), length=MINUTE).by_start()
    assert (partial.mean, partial.squares) == (0.1, 0.0)


def test_small_moves_of_a_large_price_keep_their_variance() -> None:
    rows = [at(number, 1e9 + number % 2) for number in range(60)]
    ((_, partial),) = partials_of(columns(rows), length=MINUTE).by_start()
    assert partial.variance == pytest.approx(0.25, rel=1e-15)
