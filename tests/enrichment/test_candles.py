"""From raw ticks on the bus to candles, told and stored."""

import pytest
from tests.enrichment.bench import Bench, working
from tests.enrichment.candle_bench import (
    EVERYTHING,
    LENGTHS,
    OPENING,
    RAW_TICKS,
    counts,
    entry,
    newest_told,
    publish,
    recorded,
    stored,
    tick,
    told,
)
from tests.fixtures.eventually import eventually

from deltastream.domain.events import Candle
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.market.v1 import tick_pb2
from deltastream.ports.bus import Entry
from deltastream.runtime.codec.ticks import encode_tick


async def test_ticks_become_candles_of_every_length_told_and_stored(bench: Bench) -> None:
    await bench.bus.publish([entry(tick(30, price=5.0), tick(31, price=7.0), tick(32, price=6.0))])
    async with working(bench):
        candles = await recorded(bench)
    assert candles == [
        Candle(
            product="NIFTY",
            window_minutes=length,
            start=OPENING,
            open=5.0,
            high=7.0,
            low=5.0,
            close=6.0,
            tick_count=3,
            volume=6.0,
            mean=6.0,
            variance=pytest.approx(2 / 3),  # type: ignore[arg-type]  # it equals such a number
        )
        for length in LENGTHS
    ]
    ((sequence, news),) = await told(bench)
    assert sequence == 32_001
    assert news == candles


async def test_candles_settle_and_are_revised(bench: Bench) -> None:
    async with working(bench):
        await publish(bench, 30, 62)
        assert counts(await recorded(bench), 1) == [(0, 1, True, 0), (1, 1, False, 0)]
        await bench.bus.publish([entry(tick(31, sequence=70_000))])
        assert counts(await recorded(bench), 1) == [(0, 2, True, 1), (1, 1, False, 0)]
        assert counts(await newest_told(bench), 1) == [(0, 2, True, 1), (1, 1, False, 0)]


async def test_entries_handled_together_are_told_once_under_the_newest(bench: Bench) -> None:
    await publish(bench, *range(10))
    async with working(bench) as replica:
        await recorded(bench)
        assert replica.candles.unsent == ()
    assert [sequence for sequence, _ in await told(bench)] == [9001]


async def test_silence_settles_the_last_candles(bench: Bench) -> None:
    await publish(bench, 50)
    async with working(bench):
        await recorded(bench)
        bench.clock.seconds += 12
        settled = await eventually(
            lambda: stored(bench), lambda found: [c.final for c in found].count(True) == 1
        )
        assert counts(settled, 1) == [(0, 1, True, 0)]
        bench.clock.seconds += 1800
        await eventually(lambda: stored(bench), lambda found: all(c.final for c in found))
        await publish(bench, 2000)
        await recorded(bench)
    assert [sequence for sequence, _ in await told(bench)] == [50_001, 50_002, 50_003, 2_000_001]


async def test_ticks_that_have_waited_are_no_silence(bench: Bench) -> None:
    async with working(bench):
        await publish(bench, 50)
        await recorded(bench)
        bench.clock.seconds += 12
        await publish(bench, 55)
        await recorded(bench)
    assert [counts(news, 1) for _, news in await told(bench)] == [
        [(0, 1, False, 0)],
        [(0, 2, False, 0)],
    ]


async def test_too_late_ticks_are_stored_dropped_from_candles_and_counted(bench: Bench) -> None:
    async with working(bench) as replica:
        await publish(bench, 1000)
        await recorded(bench)
        await bench.bus.publish([entry(tick(3, sequence=2_000_000))])
        assert counts(await recorded(bench), 30) == [(0, 1, False, 0)]
        assert replica.candles.dropped == {"NIFTY": 1}
    assert len(await bench.store.ticks("NIFTY", EVERYTHING)) == 2


@pytest.mark.parametrize("price", [-1.0, float("nan")])
async def test_an_entry_that_storage_refuses_is_in_no_candle(bench: Bench, price: float) -> None:
    bad = tick_pb2.UnderlyingTickBatch(
        ticks=[encode_tick(tick(31)), encode_tick(tick(32, price=price))]
    )
    await bench.bus.publish(
        [
            entry(tick(30)),
            Entry(subject=RAW_TICKS, sequence=32_001, payload=bad.SerializeToString()),
            entry(tick(33)),
        ]
    )
    async with working(bench):
        await eventually(lambda: bench.bus.latest(DEAD_LETTERS, limit=1), bool)
        assert counts(await recorded(bench), 1) == [(0, 2, False, 0)]
