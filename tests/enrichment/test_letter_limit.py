"""Dead letters do not fill the bus: beyond a number the oldest go, and somebody is told."""

from collections.abc import Iterable
from functools import partial
from operator import eq, le

from structlog.testing import capture_logs
from structlog.types import EventDict
from tests.enrichment.bench import Bench
from tests.enrichment.faulty import faulty_bus, with_bus
from tests.enrichment.poison import handle
from tests.fixtures.eventually import eventually
from tests.fixtures.measured import measured

from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.letter_limit import LetterLimit
from deltastream.runtime.background import running
from deltastream.runtime.telemetry import names


def limit(bench: Bench, most: int) -> LetterLimit:
    return LetterLimit(LetterBox(bench.bus), most=most)


def dropped() -> float:
    return measured(names.DEAD_LETTERS_DROPPED)


async def sequences(bench: Bench) -> list[int]:
    return [letter.event_sequence for letter in await bench.letters()]


def of_the_limit(events: Iterable[EventDict]) -> list[EventDict]:
    """Leave out what the storage of the bench says of calls that it has served before."""
    return [event for event in events if not event["event"].startswith("rpc_")]


async def test_the_oldest_are_dropped_counted_and_logged(shared_bench: Bench) -> None:
    before = dropped()
    await handle(shared_bench, *range(1, 6), fatal=range(1, 6))
    with capture_logs() as events:
        await limit(shared_bench, 3).hold()
    assert await sequences(shared_bench) == [3, 4, 5]
    assert dropped() - before == 2
    full, lost = of_the_limit(events)
    assert (full["event"], lost["event"]) == ("bus_backlog_full", "dead_letters_dropped")
    assert (lost["dropped"], lost["limit"]) == (2, 3)


async def test_as_many_as_may_be_stay(shared_bench: Bench) -> None:
    before = dropped()
    await handle(shared_bench, 1, 2, 3, fatal={1, 2, 3})
    await limit(shared_bench, 3).hold()
    assert await sequences(shared_bench) == [1, 2, 3]
    assert dropped() == before


async def test_four_fifths_of_the_limit_are_a_warning_told_once(bench: Bench) -> None:
    await handle(bench, 1, 2, 3, 4, fatal={1, 2, 3, 4})
    letters = limit(bench, 5)
    with capture_logs() as events:
        await letters.hold()
        await letters.hold()
    (event,) = of_the_limit(events)
    assert (event["event"], event["log_level"]) == ("bus_backlog_high", "warning")
    assert (event["held"], event["limit"]) == (4, 5)


async def test_a_bus_that_was_away_is_held_to_the_limit_afterwards(bench: Bench) -> None:
    await handle(bench, 1, 2, 3, fatal={1, 2, 3})
    bus = faulty_bus(bench, "trim")
    async with running(limit(with_bus(bench, bus), 1).run(interval=0.01)):
        await eventually(bus.has_failed, partial(le, 2))
        assert await sequences(bench) == [1, 2, 3]
        bus.failing = ""
        await eventually(partial(sequences, bench), partial(eq, [3]))
