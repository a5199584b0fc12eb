"""Short ways to write ticks down, and to say when candles are the same."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Final

import numpy as np
import pytest
from hypothesis import strategies as st

from deltastream.domain.candles.partial import Partial
from deltastream.domain.candles.ticks import Ticks
from deltastream.domain.candles.windows import MINUTE
from deltastream.domain.events import Candle

SECOND: Final = 1_000_000
OPENING: Final = 1_769_140_800 * SECOND
"""2026-01-23T04:00:00Z: a start of windows of every length."""

Row = tuple[int, int, float, float | None]
"""Time (microseconds), sequence, price and volume of a tick."""

rows = st.tuples(
    st.integers(OPENING, OPENING + 31 * MINUTE),
    st.integers(1, 2**53),
    st.floats(0.05, 1e6),
    st.none() | st.floats(0, 1e9),
)
"""Ticks of half an hour, at any price."""

some_rows = st.lists(rows, min_size=1, max_size=40, unique_by=lambda row: row[1])


def columns(rows: Iterable[Row]) -> Ticks:
    """Put ticks into columns."""
    table = list(rows)
    return Ticks(
        times=np.array([time for time, _, _, _ in table], dtype=np.int64),
        sequences=np.array([sequence for _, sequence, _, _ in table], dtype=np.int64),
        prices=np.array([price for _, _, price, _ in table], dtype=np.float64),
        volumes=np.array(
            [np.nan if volume is None else volume for _, _, _, volume in table], dtype=np.float64
        ),
    )


def at(seconds: float, price: float = 100.0, *, sequence: int | None = None) -> Row:
    """Return the tick of a moment after the opening; unless it is said, its sequence follows."""
    time = round(seconds * SECOND)
    return (OPENING + time, time + 1 if sequence is None else sequence, price, None)


def assert_same_partial(one: Partial, other: Partial) -> None:
    """Hold two partial candles to what `merge` promises."""
    for each in fields(Partial):
        if each.name not in {"volume", "mean", "squares"}:
            assert getattr(one, each.name) == getattr(other, each.name), each.name
    assert_rounded_alike(
        (one.volume, one.mean, one.variance), (other.volume, other.mean, other.variance), one.high
    )


def assert_same_candle(one: Candle, other: Candle) -> None:
    """Hold two candles to what `CandleBook` promises of all but their revision."""
    assert _exact(one) == _exact(other)
    assert one.mean is not None
    assert one.variance is not None
    assert other.variance is not None
    assert_rounded_alike(
        (one.volume, one.mean, one.variance), (other.volume, other.mean, other.variance), one.high
    )


def assert_rounded_alike(
    one: tuple[float | None, float, float],
    other: tuple[float | None, float | None, float],
    price: float,
) -> None:
    """Compare volume, mean and variance, to the precision that merging promises."""
    volume, mean, variance = one
    assert (volume is None) == (other[0] is None)
    assert (volume or 0.0) == pytest.approx(other[0] or 0.0, rel=1e-12)
    assert mean == pytest.approx(other[1], rel=1e-12)
    assert variance**0.5 == pytest.approx(other[2] ** 0.5, abs=1e-12 * price, rel=1e-12)


def _exact(candle: Candle) -> Candle:
    return replace(candle, volume=None, mean=None, variance=None, revision=0)
