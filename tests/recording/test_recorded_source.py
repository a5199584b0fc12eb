"""A recording is played in its order, at its pace or another, once or again and again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.chains import chain
from tests.recording.recorded import RECORDED_AT, TEN, message_of, product, quote, recording, tick
from tests.source.test_replay import FakeTime, take

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.adapters.source.replay import LOOP_PAUSE, Pace
from deltastream.domain.errors import SourceFormatError
from deltastream.domain.events import MarketEvent, OptionChain, UnderlyingTick
from deltastream.domain.session import UNKNOWN_MARKET, MarketSession, SourceKind
from deltastream.market.v1 import recording_pb2
from deltastream.recording.file import writing
from deltastream.recording.source import RecordedSource

NIFTY = product()


def opened(path: Path, time: FakeTime, **options: Any) -> RecordedSource:
    speed = options.pop("speed", 1.0)
    defaults = {"loop": False, "pick": frozenset(), "calendars": shipped_calendars()}
    pace = Pace(speed=speed, clock=time.clock, sleep=time.sleep)
    return RecordedSource(path, pace=pace, **{**defaults, **options})


def played(batches: list[Any]) -> list[MarketEvent]:
    return [event for batch in batches for event in batch]


def times(batches: list[Any]) -> list[float]:
    return [(event.timestamp - TEN).total_seconds() for event in played(batches)]


async def test_every_kind_of_event_comes_back_as_it_was(tmp_path: Path) -> None:
    happened: list[MarketEvent] = [tick(0), quote(1), replace(chain(), sequence=7)]
    source = opened(recording(tmp_path / "a.dsrec", [NIFTY, *happened]), FakeTime(), speed=0)

    events = played(await take(source))

    assert [message_of(event) for event in events] == [message_of(event) for event in happened]
    assert source.exhausted
    assert source.kind is SourceKind.REPLAY
    assert source.products == [NIFTY]
    assert source.description == "recording a.dsrec: NIFTY"


async def test_events_are_due_when_they_had_happened(tmp_path: Path) -> None:
    time = FakeTime()
    path = recording(tmp_path / "a.dsrec", [NIFTY, *map(tick, (0, 2, 2, 5))])

    batches = await take(opened(path, time, speed=2.0))

    assert [len(batch) for batch in batches] == [1, 2, 1]
    assert time.slept == [0.0, 1.0, 1.5]


async def test_an_event_that_was_late_is_late_again_and_keeps_its_place(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY, *map(tick, (0, 4, 1, 6))])

    batches = await take(opened(path, FakeTime()))

    assert times(batches) == [0, 4, 1, 6]
    assert [len(batch) for batch in batches] == [1, 2, 1]


async def test_what_is_due_together_comes_in_batches_of_a_bounded_size(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY, *(tick(0) for _ in range(250))])

    batches = await take(opened(path, FakeTime(), speed=0))

    assert [len(batch) for batch in batches] == [100, 100, 50]


async def test_each_pass_of_a_loop_happens_later(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY, tick(0), tick(10)])
    period = 10 + LOOP_PAUSE.total_seconds()

    batches = await take(opened(path, FakeTime(), loop=True), 6)

    assert times(batches) == [0, 10, period, period + 10, 2 * period, 2 * period + 10]


async def test_only_picked_products_are_played_and_nothing_is_said_of_the_others(
    tmp_path: Path,
) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY, product("SPY"), tick(0, "SPY"), tick(1)])
    source = opened(path, FakeTime(), pick=frozenset({"NIFTY"}))

    events = played(await take(source))

    assert [event.product for event in events] == ["NIFTY"]
    assert [each.symbol for each in source.products] == ["NIFTY"]
    assert not source.skipped.counts


async def test_events_of_a_product_without_description_are_counted(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY, tick(0), tick(1, "SPY")])
    source = opened(path, FakeTime())

    await take(source)

    assert source.skipped.counts == {"product is not described": 1}
    assert source.skipped.examples == {"product is not described": "SPY: message 3"}


async def test_a_damaged_event_is_passed_over_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.dsrec"
    broken = message_of(replace(chain(), sequence=1))
    broken.chain.expiry = "2026-02-30"
    with writing(path, description="", recorded_at=RECORDED_AT) as writer:
        for message in (message_of(NIFTY), broken, message_of(tick(0))):
            writer.write(message)
    source = opened(path, FakeTime())

    events = played(await take(source))

    assert [type(event) for event in events] == [UnderlyingTick]
    assert sum(source.skipped.counts.values()) == 1
    assert list(source.skipped.examples.values()) == ["a.dsrec: message 2"]


async def test_what_a_later_version_adds_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.dsrec"
    with writing(path, description="", recorded_at=RECORDED_AT) as writer:
        writer.write(message_of(NIFTY))
        writer.write(recording_pb2.RecordedEvent.FromString(b"\x52\x01a"))
        writer.write(message_of(replace(chain(), sequence=1)))

    assert [type(e) for e in played(await take(opened(path, FakeTime())))] == [OptionChain]


async def test_the_session_is_that_of_the_recorded_time(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY, tick(0)])
    time = FakeTime()
    source = opened(path, time)

    assert source.market("NIFTY", time.now) is UNKNOWN_MARKET
    await take(source)
    assert source.market("NIFTY", time.now).session is not MarketSession.UNKNOWN
    assert source.market("SPY", time.now) is UNKNOWN_MARKET


def test_a_recording_without_the_picked_products_says_what_it_holds(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY, tick(0)])

    with pytest.raises(SourceFormatError, match=r"a\.dsrec holds NIFTY"):
        opened(path, FakeTime(), pick=frozenset({"SPY"}))


async def test_a_recording_without_events_ends_at_once_even_when_looped(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec", [NIFTY])

    assert await take(opened(path, FakeTime(), loop=True)) == []
