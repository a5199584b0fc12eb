"""GetOhlc: candles, and flat ones for windows of a session in which nothing traded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.analytics.analytics_mesh import NIFTY, Mesh
from tests.analytics.stored import candle

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.events import Candle
from deltastream.market.v1 import candle_pb2
from deltastream.runtime.codec.moments import to_datetime, to_timestamp

KOLKATA = ZoneInfo("Asia/Kolkata")
# The 26th, Republic Day, was a holiday; before it came a weekend.
FRIDAY, HOLIDAY, TUESDAY = 23, 26, 27


def ist(day: int, time: str) -> datetime:
    """Return an instant in January 2026, from the exchange's own clock."""
    hour, minute = map(int, time.split(":"))
    return datetime(2026, 1, day, hour, minute, tzinfo=KOLKATA).astimezone(UTC)


def at(day: int, time: str, close: float, *, minutes: int = 5) -> Candle:
    return candle(ist(day, time), (1.0, 200.0, 0.5, close), minutes=minutes)


async def ohlc(mesh: Mesh, **fields: object) -> pb.GetOhlcResponse:
    return await mesh.analytics.GetOhlc(pb.GetOhlcRequest(product="NIFTY", **fields))  # type: ignore[arg-type]


def times(answer: pb.GetOhlcResponse) -> list[str]:
    """Return when the candles start, on the exchange's clock."""
    starts = (to_datetime(each.start).astimezone(KOLKATA) for each in answer.candles)
    return [f"{start:%d %H:%M}" for start in starts]


async def test_candles_of_five_minutes_are_the_default_oldest_first(mesh: Mesh) -> None:
    stored = [at(FRIDAY, "10:00", 101.0), at(FRIDAY, "10:05", 102.0)]
    await mesh.store.put_candles([*stored, at(FRIDAY, "10:00", 99.0, minutes=15)])
    answer = await ohlc(mesh)
    assert (answer.product, answer.window) == ("NIFTY", 5)
    assert times(answer) == ["23 10:00", "23 10:05"]
    first = answer.candles[0]
    assert (first.open, first.high, first.low, first.close) == (1.0, 200.0, 0.5, 101.0)
    assert first.state == candle_pb2.CANDLE_STATE_FINAL
    assert [each.close for each in (await ohlc(mesh, window=15)).candles] == [99.0]
    assert len((await ohlc(mesh, window=30)).candles) == 0


async def test_a_limit_keeps_the_newest_between_the_bounds(mesh: Mesh) -> None:
    first = ist(FRIDAY, "10:00")
    await mesh.store.put_candles(
        [
            replace(at(FRIDAY, "10:00", float(n)), start=first + timedelta(minutes=5 * n))
            for n in range(6)
        ]
    )
    bounds = {
        "start": to_timestamp(first + timedelta(minutes=5)),
        "end": to_timestamp(first + timedelta(minutes=20)),
    }
    assert [each.close for each in (await ohlc(mesh, **bounds)).candles] == [1.0, 2.0, 3.0]
    assert [each.close for each in (await ohlc(mesh, **bounds, limit=2)).candles] == [2.0, 3.0]


async def test_windows_without_trades_are_filled_at_the_last_price(mesh: Mesh) -> None:
    await mesh.store.put_candles([at(FRIDAY, "10:00", 101.0), at(FRIDAY, "10:15", 103.0)])
    assert times(await ohlc(mesh)) == ["23 10:00", "23 10:15"]
    answer = await ohlc(mesh, fill=True)
    assert times(answer) == ["23 10:00", "23 10:05", "23 10:10", "23 10:15"]
    assert [each.imputed for each in answer.candles] == [False, True, True, False]
    for flat in answer.candles[1:3]:
        assert {flat.open, flat.high, flat.low, flat.close} == {101.0}
        assert flat.tick_count == 0
        assert not flat.HasField("mean")


async def test_nothing_is_filled_outside_of_the_sessions(mesh: Mesh) -> None:
    await mesh.store.put_candles(
        [at(FRIDAY, "15:20", 101.0), at(HOLIDAY, "11:00", 102.0), at(TUESDAY, "09:20", 103.0)]
    )
    answer = await ohlc(mesh, fill=True)
    assert times(answer) == ["23 15:20", "23 15:25", "26 11:00", "27 09:15", "27 09:20"]
    assert [each.close for each in answer.candles] == [101.0, 101.0, 102.0, 102.0, 103.0]


async def test_the_newest_candles_are_kept_when_filling_makes_too_many(mesh: Mesh) -> None:
    await mesh.store.put_candles(
        [
            at(FRIDAY, "09:15", 101.0, minutes=1),
            at(FRIDAY, "09:20", 102.0, minutes=1),
            at(TUESDAY, "09:18", 103.0, minutes=1),
        ]
    )
    answer = await ohlc(mesh, window=1, fill=True, limit=6)
    assert times(answer) == [
        "23 15:28", "23 15:29", "27 09:15", "27 09:16", "27 09:17", "27 09:18",
    ]  # fmt: skip
    assert [each.close for each in answer.candles] == [102.0] * 5 + [103.0]
    assert len((await ohlc(mesh, window=1, fill=True, limit=1000)).candles) == 375 + 4


@pytest.mark.parametrize("exchange", ["", "XXXX"])
async def test_without_a_calendar_nothing_is_filled(mesh: Mesh, exchange: str) -> None:
    await mesh.store.put_products([replace(NIFTY, exchange=exchange)])
    await mesh.store.put_candles([at(FRIDAY, "10:00", 101.0), at(FRIDAY, "10:15", 103.0)])
    assert times(await ohlc(mesh, fill=True)) == ["23 10:00", "23 10:15"]


@pytest.mark.parametrize("fill", [False, True])
async def test_a_product_without_candles_has_none(mesh: Mesh, *, fill: bool) -> None:
    answer = await ohlc(mesh, fill=fill)
    assert (answer.window, len(answer.candles)) == (5, 0)
