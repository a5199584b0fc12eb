"""Daily bars of candles, by the exchange's own calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from deltastream.domain.events import Candle
from deltastream.domain.volatility_history.daily_bars import DailyBars, daily_bars

KOLKATA = ZoneInfo("Asia/Kolkata")


def candle(
    start: str, prices: tuple[float, float, float, float], *, imputed: bool = False
) -> Candle:
    begin, high, low, end = prices
    return Candle(
        product="NIFTY",
        window_minutes=30,
        start=datetime.fromisoformat(start).astimezone(UTC),
        open=begin,
        high=high,
        low=low,
        close=end,
        tick_count=0 if imputed else 10,
        imputed=imputed,
    )


def rows(bars: DailyBars) -> list[tuple[date, float, float, float, float]]:
    return list(
        zip(
            bars.dates, bars.open.tolist(), bars.high.tolist(), bars.low.tolist(),
            bars.close.tolist(), strict=True,
        )
    )  # fmt: skip


def test_a_day_opens_with_its_first_candle_and_closes_with_its_last() -> None:
    bars = daily_bars(
        [
            candle("2026-01-20T09:15+05:30", (100.0, 102.0, 99.0, 101.0)),
            candle("2026-01-20T09:45+05:30", (101.0, 105.0, 101.0, 104.0)),
            candle("2026-01-20T15:15+05:30", (104.0, 104.0, 97.0, 98.0)),
            candle("2026-01-21T09:15+05:30", (99.0, 100.0, 98.0, 99.5)),
        ],
        zone=KOLKATA,
    )
    assert rows(bars) == [
        (date(2026, 1, 20), 100.0, 105.0, 97.0, 98.0),
        (date(2026, 1, 21), 99.0, 100.0, 98.0, 99.5),
    ]


def test_the_day_is_the_exchanges_not_utcs() -> None:
    # One session in Sydney, on both sides of midnight UTC.
    sydney = ZoneInfo("Australia/Sydney")
    bars = daily_bars(
        [
            candle("2026-01-20T10:00+11:00", (10.0, 11.0, 10.0, 11.0)),
            candle("2026-01-20T15:30+11:00", (11.0, 12.0, 11.0, 12.0)),
        ],
        zone=sydney,
    )
    assert rows(bars) == [(date(2026, 1, 20), 10.0, 12.0, 10.0, 12.0)]


def test_imputed_candles_make_no_session() -> None:
    bars = daily_bars(
        [
            candle("2026-01-20T09:15+05:30", (100.0, 102.0, 99.0, 101.0)),
            candle("2026-01-20T09:45+05:30", (101.0, 101.0, 101.0, 101.0), imputed=True),
            candle("2026-01-21T09:15+05:30", (101.0, 101.0, 101.0, 101.0), imputed=True),
        ],
        zone=KOLKATA,
    )
    assert rows(bars) == [(date(2026, 1, 20), 100.0, 102.0, 99.0, 101.0)]


def test_no_candles_make_no_bars() -> None:
    assert rows(daily_bars([], zone=UTC)) == []


def test_the_newest_are_the_last() -> None:
    start = datetime(2026, 1, 20, 9, 15, tzinfo=KOLKATA)
    bars = daily_bars(
        [candle((start + timedelta(days=day)).isoformat(), (1.0 + day,) * 4) for day in range(4)],
        zone=KOLKATA,
    )
    assert rows(bars.newest(2)) == rows(bars)[2:]
    assert rows(bars.newest(9)) == rows(bars)
    assert rows(bars.newest(0)) == []
