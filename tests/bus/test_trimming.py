"""Keeping the bus from growing: what is dropped, what is spared, and who hears of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict
from tests.fixtures.bus_entries import entries_of, sequences_of
from tests.fixtures.eventually import eventually

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.instruments import Product
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.runtime.backlog_alarm import BacklogAlarm
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.trimming import Through, finished_by, trim_repeatedly

GROUP = "enrichment"
RAW_KIND = SubjectKind.RAW_CHAINS
ENRICHED_KIND = SubjectKind.ENRICHED_CHAINS
RAW = subject_of(RAW_KIND, "NIFTY")
ENRICHED = subject_of(ENRICHED_KIND, "NIFTY")


class WatchedBus(MemoryBus):
    """Counts rounds by the subject that is trimmed last, and fails once when asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.rounds = 0
        self.fails = False

    async def trim(self, subject: str, *, keep: int, through: int | None = None) -> int:
        if self.fails:
            self.fails = False
            raise DependencyUnavailableError("bus")
        dropped = await super().trim(subject, keep=keep, through=through)
        self.rounds += subject == RAW
        return dropped


@dataclass
class Trimmed:
    """A bus that is being trimmed."""

    bus: WatchedBus

    async def rounds(self, number: int = 2) -> None:
        """Wait until all has been trimmed so many times more; the first may be half over."""
        until = self.bus.rounds + number

        async def done() -> int:
            return self.bus.rounds

        await eventually(done, lambda rounds: rounds >= until)


@asynccontextmanager
async def trimming(
    *, keep: int, fuse: int = 100, sources: Mapping[SubjectKind, SubjectKind] | None = None
) -> AsyncIterator[Trimmed]:
    bus = WatchedBus()
    catalog = Catalog(bus)
    nifty = Product(
        symbol="NIFTY", name="NIFTY", exchange="XNSE", currency="INR", time_zone="Asia/Kolkata"
    )
    await catalog.announce([nifty], sequence=1)
    through: Through | None = None if sources is None else finished_by(bus, GROUP, sources)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(
            trim_repeatedly(
                bus,
                catalog,
                iter((ENRICHED_KIND, RAW_KIND)),
                keep=keep,
                fuse=fuse,
                through=through,
                interval=0.001,
            )
        )
        yield Trimmed(bus)
        task.cancel()


async def held(bus: MemoryBus, subject: str) -> list[int]:
    return sequences_of(await bus.latest(subject, limit=1000))


async def test_the_newest_entries_are_kept_round_after_round() -> None:
    async with trimming(keep=2) as trimmed:
        for last in (5, 9):
            await trimmed.bus.publish(entries_of(RAW, *range(1, last + 1)))
            await trimmed.rounds()
            assert await held(trimmed.bus, RAW) == [last - 1, last]


async def test_trimming_goes_on_after_the_bus_was_away() -> None:
    async with trimming(keep=1) as trimmed:
        trimmed.bus.fails = True
        await trimmed.bus.publish(entries_of(RAW, 1, 2, 3))
        await trimmed.rounds()

        assert not trimmed.bus.fails
        assert await held(trimmed.bus, RAW) == [3]


async def test_what_an_event_became_is_spared_until_the_group_has_finished_the_event() -> None:
    async with trimming(keep=0, sources={ENRICHED_KIND: RAW_KIND}) as trimmed:
        await trimmed.bus.take_up(GROUP, [RAW])
        await trimmed.bus.publish(entries_of(RAW, 1, 2, 3) + entries_of(ENRICHED, 1, 2, 3))
        await trimmed.rounds()
        assert await held(trimmed.bus, ENRICHED) == [1, 2, 3]

        await trimmed.bus.commit(GROUP, {RAW: 2})
        await trimmed.rounds()

        assert await held(trimmed.bus, ENRICHED) == [3]
        assert await held(trimmed.bus, RAW) == [3]


async def test_a_kind_that_is_its_own_source_is_spared_before_the_group_has_ever_begun() -> None:
    async with trimming(keep=0, sources={RAW_KIND: RAW_KIND}) as trimmed:
        await trimmed.bus.publish(entries_of(RAW, 1, 2) + entries_of(ENRICHED, 1, 2))
        await trimmed.rounds()

        assert await held(trimmed.bus, RAW) == [1, 2]
        assert await held(trimmed.bus, ENRICHED) == []


async def test_a_group_that_lags_is_logged_and_loses_nothing() -> None:
    async with trimming(keep=1, fuse=10) as trimmed:
        await trimmed.bus.take_up(GROUP, [RAW])
        with capture_logs() as logs:
            for last in (7, 8, 9, 10, 15):
                await trimmed.bus.publish(entries_of(RAW, *range(1, last + 1)))
                await trimmed.rounds()
            assert await held(trimmed.bus, RAW) == [*range(1, 16)]
            await trimmed.bus.commit(GROUP, {RAW: 15})
            await trimmed.rounds()

    assert said(logs) == [
        ("warning", "bus_backlog_high", 8),
        ("error", "bus_backlog_full", 10),
        ("info", "bus_backlog_recovered", 1),
    ]
    assert logs[0] == {
        "log_level": "warning",
        "event": "bus_backlog_high",
        "subject": RAW,
        "held": 8,
        "limit": 10,
        "share": 0.8,
    }


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([79], []),
        ([80, 99, 80, 79, 71, 80], ["high"]),
        ([100, 99, 85, 101], ["full"]),
        ([80, 70, 80], ["high"]),
        ([80, 69, 70, 79, 80], ["high", "recovered", "high"]),
        ([80, 120, 0, 0], ["high", "full", "recovered"]),
    ],
)
def test_each_turn_is_logged_once(course: list[int], expected: list[str]) -> None:
    alarm = BacklogAlarm(limit=100)

    with capture_logs() as logs:
        for number in course:
            alarm.observe(RAW, held=number)

    assert [event["event"] for event in logs] == [f"bus_backlog_{word}" for word in expected]


def test_each_subject_has_an_alarm_of_its_own() -> None:
    alarm = BacklogAlarm(limit=100)

    with capture_logs() as logs:
        for subject in (RAW, ENRICHED):
            alarm.observe(subject, held=100)

    assert [event["subject"] for event in logs] == [RAW, ENRICHED]


def said(logs: list[EventDict]) -> list[tuple[str, str, int]]:
    return [(event["log_level"], event["event"], event["held"]) for event in logs]
