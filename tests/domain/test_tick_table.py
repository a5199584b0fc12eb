"""Ticks as columns are the same ticks."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.events import UnderlyingTick
from deltastream.domain.tick_table import TickTable

_moments = st.datetimes(timezones=st.just(UTC))
_ticks = st.builds(
    UnderlyingTick,
    product=st.sampled_from(["NIFTY", "SPY"]),
    price=st.floats(0.01, 1e9),
    timestamp=_moments,
    sequence=st.integers(1, 2**63 - 1),
    volume=st.none() | st.floats(0, 1e9),
    processed_at=st.none() | _moments,
)
NOON = datetime(2026, 1, 23, 12, tzinfo=UTC)


def tick(product: str, *, seconds: int, sequence: int) -> UnderlyingTick:
    moment = NOON + timedelta(seconds=seconds)
    return UnderlyingTick(product=product, price=1.0, timestamp=moment, sequence=sequence)


@given(st.lists(_ticks))
def test_a_table_holds_the_ticks_that_it_was_made_of(ticks: list[UnderlyingTick]) -> None:
    table = TickTable.of(ticks)
    assert list(table) == ticks
    assert list(table[1:]) == ticks[1:]
    assert TickTable.of(table) is table


def test_the_newest_of_a_product_is_that_of_the_latest_time_then_of_the_highest_sequence() -> None:
    ticks = [
        tick("NIFTY", seconds=1, sequence=3),
        tick("NIFTY", seconds=2, sequence=2),
        tick("NIFTY", seconds=2, sequence=1),
        tick("SPY", seconds=0, sequence=9),
    ]
    assert TickTable.of(ticks).newest() == [ticks[1], ticks[3]]
    assert TickTable.of(ticks[::-1]).newest() == [ticks[3], ticks[1]]
    assert TickTable.of([]).newest() == []
