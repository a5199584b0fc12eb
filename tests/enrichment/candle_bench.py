"""Ticks on the bus, and what has become of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.enrichment.bench import Bench
from tests.fixtures.eventually import eventually

from deltastream.domain.events import Candle, UnderlyingTick
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import tick_pb2
from deltastream.ports.bus import Entry
from deltastream.ports.store import Window
from deltastream.runtime.codec.candles import decode_candle
from deltastream.runtime.codec.ticks import encode_tick

OPENING = datetime(2026, 1, 23, 4, 0, tzinfo=UTC)
RAW_TICKS = subject_of(SubjectKind.RAW_TICKS, "NIFTY")
TOLD = subject_of(SubjectKind.ENRICHED_CANDLES, "NIFTY")
LENGTHS = (1, 5, 15, 30)
EVERYTHING = Window(limit=1000)


def tick(second: float, *, price: float | None = None, sequence: int = 0) -> UnderlyingTick:
    """Return the tick of a moment after the opening; unless it is said, its sequence follows."""
    return UnderlyingTick(
        product="NIFTY",
        price=100.0 + second % 7 if price is None else price,
        timestamp=OPENING + timedelta(seconds=second),
        sequence=sequence or 1 + round(1000 * second),
        volume=2.0,
    )


def entry(*ticks: UnderlyingTick) -> Entry:
    """Put ticks into one raw entry, named by the last as the feed does it."""
    batch = tick_pb2.UnderlyingTickBatch(ticks=map(encode_tick, ticks))
    return Entry(subject=RAW_TICKS, sequence=ticks[-1].sequence, payload=batch.SerializeToString())


async def publish(bench: Bench, *seconds: float) -> None:
    """Publish a tick each, as one entry each."""
    await bench.bus.publish([entry(tick(second)) for second in seconds])


async def told(bench: Bench) -> list[tuple[int, list[Candle]]]:
    """Return what the bus was told: sequences and candles."""
    return [
        (each.sequence, list(map(decode_candle, pb.CandleBatch.FromString(each.payload).candles)))
        for each in await bench.bus.latest(TOLD, limit=1000)
    ]


async def stored(bench: Bench) -> list[Candle]:
    """Return all stored candles, by length and start."""
    found = [await bench.store.candles("NIFTY", length, EVERYTHING) for length in LENGTHS]
    return [candle for candles in found for candle in candles[::-1]]


async def newest_told(bench: Bench) -> list[Candle]:
    """Return the last version that the bus was told of each candle, by length and start."""
    newest = {(c.window_minutes, c.start): c for _, candles in await told(bench) for c in candles}
    return [candle for _, candle in sorted(newest.items())]


async def recorded(bench: Bench) -> list[Candle]:
    """Wait until all raw ticks are committed, and return all stored candles."""
    last = await bench.bus.last_sequence(RAW_TICKS)
    ticks = await eventually(
        lambda: bench.store.ticks("NIFTY", EVERYTHING),
        lambda found: last in {one.sequence for one in found},
    )
    assert ticks
    await eventually(lambda: bench.unfinished(RAW_TICKS), lambda waiting: waiting == [])
    return await stored(bench)


def counts(candles: Sequence[Candle], length: int) -> list[tuple[int, int, bool, int]]:
    """Return minute, count, state and revision of the candles of one length."""
    return [
        ((c.start - OPENING) // timedelta(minutes=1), c.tick_count, c.final, c.revision)
        for c in candles
        if c.window_minutes == length
    ]
