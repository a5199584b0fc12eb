"""The replay source: what it plays, in which order, when, and what it refuses."""

import asyncio
import itertools
import math
import os
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.nse_snapshot import EXPIRIES, INDIA, nse_snapshot
from tests.source.test_snapshot_nse_csv import BOTH, HEADER

from deltastream.adapters.calendar.load import load_calendars
from deltastream.adapters.source.replay import LOOP_PAUSE, ReplaySource, open_replay
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.domain.errors import InvalidValueError, SourceFormatError
from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.session import MarketSession, MarketState, SourceKind
from deltastream.ports.source import Source

TEN = datetime(2026, 1, 20, 10, 0, 0, tzinfo=INDIA)


class FakeTime:
    """A clock that stands still but for sleeping, and remembers what was slept."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def open_at(path: Path, time: FakeTime, **options: Any) -> ReplaySource:
    defaults = {"speed": 1.0, "loop": False, "hints": SnapshotHints(), "pick": frozenset()}
    return open_replay(path, clock=time.clock, sleep=time.sleep, **{**defaults, **options})


def record(folder: Path, name: str, *, after: float = 0.0, **options: Any) -> Path:
    """Write a snapshot taken some seconds after ten o'clock."""
    taken = TEN + timedelta(seconds=after)
    return nse_snapshot(taken=taken, strikes=5, **options).write(folder / name)


async def take(source: Source, batches: int | None = None) -> list[Sequence[MarketEvent]]:
    """Return the first batches, or all."""
    taken: list[Sequence[MarketEvent]] = []
    async with aclosing(source.events()) as events:  # type: ignore[type-var]
        async for batch in events:
            taken.append(batch)
            if len(taken) == batches:
                break
    return taken


def offsets(batches: Sequence[Sequence[MarketEvent]]) -> list[float]:
    """Return the seconds from ten o'clock to each batch, whose events must be of one time."""
    times = [{event.timestamp for event in batch} for batch in batches]
    return [(moment - TEN).total_seconds() for (moment,) in times]


async def test_a_snapshot_is_a_tick_and_a_chain_an_expiry(tmp_path: Path, time: FakeTime) -> None:
    generated = nse_snapshot()
    source = open_at(generated.write(tmp_path / "chain.json"), time)
    (batch,) = await take(source)
    tick, *chains = batch
    assert tick == UnderlyingTick(product="NIFTY", price=24_623.45, timestamp=generated.timestamp)
    assert [type(chain) for chain in chains] == [OptionChain] * len(EXPIRIES)
    assert [getattr(chain, "expiry", None) for chain in chains] == sorted(generated.expected)
    assert not any(isinstance(event, OptionQuote) for event in batch)
    assert all(event.sequence == 0 for event in batch)


async def test_without_spot_there_is_no_tick(tmp_path: Path, time: FakeTime) -> None:
    path = tmp_path / "option-chain-ED-NIFTY-27-Jan-2026.csv"
    path.write_text(HEADER + BOTH)
    (batch,) = await take(open_at(path, time))
    assert [type(event) for event in batch] == [OptionChain]


async def test_the_time_of_a_file_that_states_none_is_its_modification(
    tmp_path: Path, time: FakeTime
) -> None:
    path = tmp_path / "option-chain-ED-NIFTY-27-Jan-2026.csv"
    path.write_text(HEADER + BOTH)
    os.utime(path, (TEN.timestamp(), TEN.timestamp()))
    assert offsets(await take(open_at(path, time))) == [0]


def test_a_source_says_what_it_is_before_its_first_event(tmp_path: Path, time: FakeTime) -> None:
    source: Source = open_at(record(tmp_path, "chain.json"), time)
    assert source.kind is SourceKind.REPLAY
    assert source.description == "replay of chain.json: NIFTY, recorded 2026-01-20 04:30:00Z"
    assert [product.symbol for product in source.products] == ["NIFTY"]
    assert source.market("NIFTY", time.now).session is MarketSession.UNKNOWN
    assert not source.exhausted
    assert not source.skipped.counts


def close_of_day(folder: Path, *taken: datetime) -> Path:
    """Write a snapshot a moment."""
    for number, moment in enumerate(taken):
        nse_snapshot(taken=moment, strikes=5).write(folder / f"{number}.json")
    return folder


async def test_the_session_is_that_of_the_recorded_time_of_the_newest_frame(
    tmp_path: Path, time: FakeTime
) -> None:
    moments = ("09:05:00", "13:59:23", "15:29:59", "15:30:00")
    recorded = [
        datetime.fromisoformat(f"2026-01-20T{text}").replace(tzinfo=INDIA) for text in moments
    ]
    source = open_at(close_of_day(tmp_path, *recorded), time, speed=0)

    sessions = [source.market("NIFTY", time.now) async for _ in source.events()]

    assert sessions == [
        MarketState(session=MarketSession.PRE_OPEN),
        MarketState(session=MarketSession.OPEN),
        MarketState(session=MarketSession.OPEN),
        MarketState(session=MarketSession.CLOSED),
    ]
    assert source.market("NIFTY", time.now).session is MarketSession.CLOSED
    assert source.market("SPY", time.now).session is MarketSession.UNKNOWN
    assert list(source.notices(time.now)) == []


async def test_the_session_of_a_loop_stays_that_of_the_recording(
    tmp_path: Path, time: FakeTime
) -> None:
    noon = datetime(2026, 1, 20, 15, 29, 58, tzinfo=INDIA)
    source = open_at(close_of_day(tmp_path, noon), time, speed=0, loop=True)

    batches = await take(source, 3)

    assert batches[-1][0].timestamp > noon + timedelta(seconds=2)
    assert source.market("NIFTY", time.now).session is MarketSession.OPEN


async def test_the_session_of_a_recording_that_no_calendar_covers_is_unknown(
    tmp_path: Path, time: FakeTime
) -> None:
    noon = datetime(2014, 1, 21, 12, tzinfo=INDIA)
    source = open_at(close_of_day(tmp_path, noon), time, speed=0)

    await take(source)

    assert source.market("NIFTY", time.now).session is MarketSession.UNKNOWN


async def test_options_expire_at_the_close_of_their_day_in_the_hours_of_then(
    tmp_path: Path, time: FakeTime
) -> None:
    expiries = [date(2026, 7, 28), date(2026, 8, 4), date(2028, 12, 28)]
    path = nse_snapshot(strikes=5, expiries=expiries).write(tmp_path / "chain.json")

    (batch,) = await take(open_at(path, time))

    closes = ["2026-07-28T15:30", "2026-08-04T15:40", "2028-12-28T15:40"]
    assert [event.expires_at for event in batch if isinstance(event, OptionChain)] == [
        datetime.fromisoformat(close).replace(tzinfo=INDIA) for close in closes
    ]


async def test_an_operators_calendar_is_kept(tmp_path: Path, time: FakeTime) -> None:
    days = tmp_path / "days.toml"
    days.write_text('[XNSE.days]\n2026-01-20 = { open = "18:00-19:00" }\n')
    noon = datetime(2026, 1, 20, 12, tzinfo=INDIA)
    path = nse_snapshot(taken=noon, strikes=5, expiries=[noon.date()]).write(tmp_path / "a.json")
    source = open_at(path, time, calendars=load_calendars(days))

    (batch,) = await take(source)

    (chain,) = [event for event in batch if isinstance(event, OptionChain)]
    assert chain.expires_at == datetime(2026, 1, 20, 19, tzinfo=INDIA)
    assert source.market("NIFTY", time.now).session is MarketSession.CLOSED


async def test_a_folder_is_played_by_the_time_of_its_snapshots_not_by_name(
    tmp_path: Path, time: FakeTime
) -> None:
    record(tmp_path, "a.json", after=120)
    record(tmp_path, "b.JSON", after=0, product="BANKNIFTY")
    record(tmp_path, "c.json", after=60, shape="v3")
    source = open_at(tmp_path, time)
    assert [product.symbol for product in source.products] == ["BANKNIFTY", "NIFTY"]
    batches = await take(source)
    assert offsets(batches) == [0, 60, 120]
    assert [batch[0].product for batch in batches] == ["BANKNIFTY", "NIFTY", "NIFTY"]


async def test_recorded_distances_are_kept_and_the_first_comes_at_once(
    tmp_path: Path, time: FakeTime
) -> None:
    for name, after in (("a", 0), ("b", 60), ("c", 90)):
        record(tmp_path, f"{name}.json", after=after)
    await take(open_at(tmp_path, time))
    assert time.slept == [0, 60, 30]


async def test_speed_divides_the_distances(tmp_path: Path, time: FakeTime) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=60)
    await take(open_at(tmp_path, time, speed=24))
    assert time.slept == [0, 2.5]


@pytest.mark.parametrize("speed", [0.0, math.inf])
async def test_speed_nought_or_infinite_never_waits(
    tmp_path: Path, time: FakeTime, speed: float
) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=3600)
    batches = await take(open_at(tmp_path, time, speed=speed, loop=True), 6)
    assert time.slept == [0] * 6
    assert offsets(batches) == [0, 3600, 3605, 7205, 7210, 10_810]


async def test_an_endless_replay_lets_other_tasks_run(tmp_path: Path, time: FakeTime) -> None:
    path = record(tmp_path, "a.json")
    source = open_replay(
        path, speed=0, loop=True, clock=time.clock, sleep=asyncio.sleep,
        hints=SnapshotHints(), pick=frozenset(),
    )  # fmt: skip

    playing = asyncio.Event()

    async def play() -> None:
        async for _ in source.events():
            playing.set()

    async with asyncio.timeout(10):
        task = asyncio.create_task(play())
        await playing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_what_is_taken_late_is_caught_up(tmp_path: Path, time: FakeTime) -> None:
    for name, after in (("a", 0), ("b", 10), ("c", 20), ("d", 30)):
        record(tmp_path, f"{name}.json", after=after)
    source = open_at(tmp_path, time)
    events = aiter(source.events())
    await anext(events)
    time.now += timedelta(seconds=17)
    for _ in range(3):
        await anext(events)
    assert time.slept == [0, 0, 3, 10]


async def test_a_clock_set_back_delays_by_no_more_than_the_recorded_distance(
    tmp_path: Path, time: FakeTime
) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=10)
    events = aiter(open_at(tmp_path, time).events())
    await anext(events)
    time.now -= timedelta(hours=1)
    await anext(events)
    assert time.slept == [0, 10]


async def test_played_once_it_keeps_the_recorded_times_and_is_exhausted(
    tmp_path: Path, time: FakeTime
) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=60)
    source = open_at(tmp_path, time)
    events = aiter(source.events())
    await anext(events)
    last = await anext(events)
    assert offsets([last]) == [60]
    assert not source.exhausted
    assert await anext(events, None) is None
    assert source.exhausted


async def test_looped_it_goes_on_in_time_and_never_repeats_a_chain(
    tmp_path: Path, time: FakeTime
) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=60)
    source = open_at(tmp_path, time, loop=True, speed=10)
    batches = await take(source, 6)
    pause = LOOP_PAUSE.total_seconds()
    period = 60 + pause
    assert offsets(batches) == [0, 60, period, period + 60, 2 * period, 2 * period + 60]
    assert time.slept == pytest.approx([0, 6, pause / 10, 6, pause / 10, 6])
    chains = [event for batch in batches for event in batch if isinstance(event, OptionChain)]
    keys = {(chain.product, chain.expiry, chain.timestamp) for chain in chains}
    assert len(keys) == len(chains) == 6 * len(EXPIRIES)
    assert {chain.expires_at for chain in chains} == {
        datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC) for day in EXPIRIES
    }
    assert not source.exhausted


async def test_a_single_snapshot_looped_comes_every_five_recorded_seconds(
    tmp_path: Path, time: FakeTime
) -> None:
    batches = await take(open_at(record(tmp_path, "a.json"), time, loop=True, speed=2), 4)
    assert offsets(batches) == [0, 5, 10, 15]
    assert time.slept == [0, 2.5, 2.5, 2.5]


async def test_events_can_be_played_again_from_the_beginning(
    tmp_path: Path, time: FakeTime
) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=60)
    source = open_at(tmp_path, time)
    assert offsets(await take(source)) == offsets(await take(source)) == [0, 60]
    assert time.slept == [0, 60, 0, 60]


async def test_files_of_one_instant_are_one_batch_with_one_tick(
    tmp_path: Path, time: FakeTime
) -> None:
    near, far = date(2026, 1, 27), date(2026, 2, 3)
    record(tmp_path, "far.json", shape="v3", expiries=(far,))
    record(tmp_path, "near.json", shape="v3", expiries=(near,))
    source = open_at(tmp_path, time)
    (batch,) = await take(source)
    tick, *chains = batch
    assert isinstance(tick, UnderlyingTick)
    assert [getattr(chain, "expiry", None) for chain in chains] == [near, far]
    assert not source.skipped.counts


async def test_a_chain_recorded_twice_is_played_once_and_counted(
    tmp_path: Path, time: FakeTime
) -> None:
    record(tmp_path, "chain copy.json")
    record(tmp_path, "chain.json")
    source = open_at(tmp_path, time)
    (batch,) = await take(source)
    assert len(batch) == 1 + len(EXPIRIES)
    assert source.skipped.counts == {SkipReason.REPEATED_CHAIN: len(EXPIRIES)}
    assert source.skipped.examples == {SkipReason.REPEATED_CHAIN: "chain.json: NIFTY 2026-01-27"}


async def test_a_file_in_a_folder_that_is_no_snapshot_is_skipped_counted_and_named(
    tmp_path: Path, time: FakeTime
) -> None:
    record(tmp_path, "good.json")
    (tmp_path / "bad.json").write_text('{"records": {"data": [{}]}}')
    (tmp_path / "readme.txt").write_text("not looked at")
    (tmp_path / "folder.json").mkdir()
    source = open_at(tmp_path, time)
    assert len(await take(source)) == 1
    assert source.skipped.counts == {SkipReason.NOT_A_SNAPSHOT: 1}
    example = source.skipped.examples[SkipReason.NOT_A_SNAPSHOT]
    assert example.startswith(f"{tmp_path / 'bad.json'} lists no option that could be used")


def test_bad_records_of_all_files_are_counted_together(tmp_path: Path, time: FakeTime) -> None:
    for name in ("a.json", "b.json"):
        generated = nse_snapshot(taken=TEN)
        generated.document["records"]["data"][17]["strikePrice"] = 0
        generated.write(tmp_path / name)
    source = open_at(tmp_path, time)
    assert source.skipped.counts[SkipReason.STRIKE] == 2
    assert source.skipped.examples[SkipReason.STRIKE] == "a.json: data[17]"


async def test_only_picked_products_are_played(tmp_path: Path, time: FakeTime) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=60, product="BANKNIFTY")
    source = open_at(tmp_path, time, pick=frozenset({"BANKNIFTY", "SPY"}))
    assert [product.symbol for product in source.products] == ["BANKNIFTY"]
    batches = await take(source)
    assert {event.product for batch in batches for event in batch} == {"BANKNIFTY"}
    assert time.slept == [0]


def test_a_pick_that_is_not_there_is_an_error(tmp_path: Path, time: FakeTime) -> None:
    record(tmp_path, "a.json")
    with pytest.raises(SourceFormatError, match=r"holds snapshots of NIFTY and none of QQQ, SPY;"):
        open_at(tmp_path, time, pick=frozenset({"SPY", "QQQ"}))


def test_an_absent_path_is_an_error(tmp_path: Path, time: FakeTime) -> None:
    with pytest.raises(SourceFormatError, match=r"nowhere cannot be read .*; check the path"):
        open_at(tmp_path / "nowhere", time)


def test_a_file_that_is_no_snapshot_is_an_error(tmp_path: Path, time: FakeTime) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(SourceFormatError, match=r"taken for text that begins with 'hello'; expec"):
        open_at(path, time)


def test_an_empty_folder_is_an_error(tmp_path: Path, time: FakeTime) -> None:
    with pytest.raises(SourceFormatError, match=r"has none among its \*\.json and \*\.csv files"):
        open_at(tmp_path, time)


def test_a_folder_without_any_snapshot_is_an_error_that_says_what_is_there(
    tmp_path: Path, time: FakeTime
) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.csv").write_text("x")
    with pytest.raises(SourceFormatError, match=r"the first of 2 files: .*a\.json is taken for"):
        open_at(tmp_path, time)


def test_a_pipe_is_an_error_and_not_waited_for(tmp_path: Path, time: FakeTime) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceFormatError, match=r"is taken for a device or pipe: expected"):
        open_at(tmp_path / "pipe", time)


@pytest.mark.parametrize("speed", [-1.0, math.nan, -math.inf])
def test_a_speed_below_nought_is_refused(tmp_path: Path, time: FakeTime, speed: float) -> None:
    with pytest.raises(InvalidValueError, match=r"speed: .* is negative or no number"):
        open_at(record(tmp_path, "a.json"), time, speed=speed)


async def test_a_very_slow_replay_waits_without_breaking(tmp_path: Path) -> None:
    record(tmp_path, "a.json")
    record(tmp_path, "b.json", after=60)
    slept: list[float] = []
    ticking = itertools.count()

    async def note(seconds: float) -> None:
        slept.append(seconds)

    source = open_replay(
        tmp_path, speed=1e-300, loop=False, sleep=note,
        clock=lambda: TEN + timedelta(seconds=next(ticking)),
        hints=SnapshotHints(), pick=frozenset(),
    )  # fmt: skip
    assert len(await take(source)) == 2
    assert slept == [0, pytest.approx(6e301)]
