"""Empty windows inside a session."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deltastream.domain.calendar.interval import Interval
from deltastream.domain.candles.filling import fill
from deltastream.domain.events import Candle

DAY = datetime(2026, 1, 23, tzinfo=UTC)
MONDAY = datetime(2026, 1, 26, tzinfo=UTC)


def moment(clock: str, day: datetime = DAY) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return day + timedelta(hours=hours, minutes=minutes)


def session(opening: str, close: str, day: datetime = DAY) -> Interval:
    return Interval(start=moment(opening, day), end=moment(close, day))


SESSIONS = [session("03:45", "10:00"), session("03:45", "10:00", MONDAY)]


def candle(
    clock: str, *, day: datetime = DAY, minutes: int = 5, close: float = 11.0, product: str = "SPY"
) -> Candle:
    return Candle(
        product=product,
        window_minutes=minutes,
        start=moment(clock, day),
        open=10.0,
        high=12.0,
        low=9.0,
        close=close,
        tick_count=3,
        mean=10.5,
        variance=0.25,
        final=True,
    )


def imputed(candles: list[Candle]) -> list[str]:
    return [f"{one.start:%H:%M}" for one in candles if one.imputed]


def test_an_empty_window_stands_flat_at_the_previous_close() -> None:
    first, last = candle("04:00", close=11.5), candle("04:10")
    assert fill([first, last], sessions=SESSIONS) == [
        first,
        Candle(
            product="SPY",
            window_minutes=5,
            start=moment("04:05"),
            open=11.5,
            high=11.5,
            low=11.5,
            close=11.5,
            tick_count=0,
            volume=None,
            mean=None,
            variance=None,
            final=True,
            revision=0,
            imputed=True,
        ),
        last,
    ]


def test_every_empty_window_of_a_gap_is_filled_and_none_twice() -> None:
    filled = fill([candle("04:00"), candle("04:20"), candle("04:30")], sessions=SESSIONS)
    starts = [f"{one.start:%H:%M}" for one in filled]
    assert starts == ["04:00", "04:05", "04:10", "04:15", "04:20", "04:25", "04:30"]


def test_nothing_traded_is_a_volume_of_zero_where_volumes_are_stated() -> None:
    first = replace(candle("04:00"), volume=7.0)
    assert fill([first, candle("04:10")], sessions=SESSIONS)[1].volume == 0.0


def test_nothing_is_filled_before_the_first_trade_or_after_the_last() -> None:
    filled = fill([candle("05:00"), candle("05:10")], sessions=SESSIONS)
    assert imputed(filled) == ["05:05"]
    assert fill([candle("05:00")], sessions=SESSIONS) == [candle("05:00")]
    assert fill([], sessions=SESSIONS) == []


def test_nothing_is_filled_outside_a_session() -> None:
    filled = fill([candle("09:50"), candle("03:50", day=MONDAY)], sessions=SESSIONS)
    assert imputed(filled) == ["09:55", "03:45"]
    assert fill([candle("09:50"), candle("09:55")], sessions=[])[1:] == [candle("09:55")]
    assert imputed(fill([candle("04:00"), candle("09:55")], sessions=[])) == []


def test_a_window_that_the_opening_cuts_belongs_to_the_session() -> None:
    filled = fill(
        [candle("09:30", minutes=30), candle("04:30", minutes=30, day=MONDAY)], sessions=SESSIONS
    )
    assert imputed(filled) == ["03:30", "04:00"]


def test_a_break_inside_a_window_does_not_fill_it_twice() -> None:
    halves = [session("03:45", "04:10"), session("04:20", "10:00")]
    filled = fill([candle("03:30", minutes=30), candle("05:00", minutes=30)], sessions=halves)
    assert imputed(filled) == ["04:00", "04:30"]


def test_a_break_is_not_filled() -> None:
    halves = [session("03:45", "04:10"), session("04:20", "10:00")]
    filled = fill([candle("04:00"), candle("04:30")], sessions=halves)
    assert imputed(filled) == ["04:05", "04:20", "04:25"]


@pytest.mark.parametrize(
    ("candles", "problem"),
    [
        ([candle("04:00"), candle("04:10", minutes=15)], "one product and length"),
        ([candle("04:00"), candle("04:10", product="QQQ")], "one product and length"),
        ([candle("04:10"), candle("04:00")], "does not follow"),
        ([candle("04:00"), candle("04:00")], "does not follow"),
    ],
    ids=["lengths", "products", "descending", "twice"],
)
def test_what_is_no_run_of_candles_is_refused(candles: list[Candle], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        fill(candles, sessions=SESSIONS)
