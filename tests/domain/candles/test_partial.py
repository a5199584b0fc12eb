"""Merging partial candles."""

from functools import reduce
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.domain.candles.tick_columns import (
    Row,
    assert_same_partial,
    columns,
    some_rows,
)

from deltastream.domain.candles.kernel import partials_of
from deltastream.domain.candles.partial import Partial, merge

EVER = 2**60


def partial_of(rows: list[Row]) -> Partial:
    """Sum ticks up in one window."""
    ((_, partial),) = partials_of(columns(rows), length=EVER).by_start()
    return partial


@st.composite
def disjoint(draw: st.DrawFn, parts: int) -> list[list[Row]]:
    """Deal ticks out into some parts, none of them empty."""
    rows = draw(some_rows.filter(lambda rows: len(rows) >= parts))
    cuts = draw(
        st.lists(st.integers(1, len(rows) - 1), min_size=parts - 1, max_size=parts - 1, unique=True)
    )
    bounds = [0, *sorted(cuts), len(rows)]
    return [rows[begin:end] for begin, end in pairwise(bounds)]


@given(disjoint(2))
def test_merging_is_commutative_to_the_last_bit(parts: list[list[Row]]) -> None:
    left, right = map(partial_of, parts)
    assert merge(left, right) == merge(right, left)


@given(disjoint(3))
def test_merging_is_associative(parts: list[list[Row]]) -> None:
    first, second, third = map(partial_of, parts)
    assert_same_partial(merge(merge(first, second), third), merge(first, merge(second, third)))


@given(disjoint(3))
def test_the_parts_say_together_what_the_whole_says(parts: list[list[Row]]) -> None:
    whole = partial_of([row for part in parts for row in part])
    assert_same_partial(reduce(merge, map(partial_of, parts)), whole)


@given(st.floats(0.05, 1e6), st.integers(2, 50))
def test_a_flat_price_stays_flat_however_often_it_is_merged(price: float, times: int) -> None:
    flat = [partial_of([(number, number, price, None)]) for number in range(1, times)]
    whole = reduce(merge, flat)
    assert (whole.mean, whole.squares) == (price, 0.0)


def test_a_volume_counts_where_it_is_stated() -> None:
    stated, silent = partial_of([(1, 1, 5.0, 2.5)]), partial_of([(2, 2, 5.0, None)])
    assert merge(stated, silent).volume == 2.5
    assert merge(silent, silent).volume is None
    assert merge(stated, stated).volume == 5.0
