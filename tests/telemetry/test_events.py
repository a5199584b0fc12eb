"""What is measured of events on their way over the bus: how many, how old, how far behind."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from tests.fixtures.bus_entries import entries_of
from tests.fixtures.eventually import eventually

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.instruments import Product
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.bus_levels import BusLevels
from deltastream.runtime.telemetry.hops import Hop, Published
from deltastream.runtime.telemetry.instruments import Instruments
from deltastream.runtime.telemetry.kinds import KIND_OF, event_kind_of
from deltastream.runtime.telemetry.names import Metric
from deltastream.runtime.telemetry.sampling import look_repeatedly

NIFTY: Final = Product(
    symbol="NIFTY", name="", exchange="XNSE", currency="INR", time_zone="Asia/Kolkata"
)
RAW: Final = subject_of(SubjectKind.RAW_CHAINS, "NIFTY")
GROUP: Final = "enrichment"
SECOND: Final = 1_000_000
NOW: Final = 1_700_000_000.0


class Scene:
    """A bus, and what is measured of it at a time that stands still."""

    def __init__(self) -> None:
        self.bus = MemoryBus()
        self.instruments = Instruments(CollectorRegistry())
        self.catalog = Catalog(self.bus)
        self.levels = BusLevels(
            self.bus,
            self.catalog,
            (SubjectKind.RAW_CHAINS,),
            group=GROUP,
            limit=10,
            instruments=self.instruments,
            clock=lambda: NOW,
        )

    def value(self, metric: Metric, suffix: str = "", **labels: str) -> float | None:
        return self.instruments.registry.get_sample_value(metric.name + suffix, labels)

    async def publish(self, *ages: float) -> None:
        """Publish chains that were numbered so many seconds ago."""
        sequences = (int((NOW - age) * SECOND) for age in ages)
        await self.bus.publish(entries_of(RAW, *sequences))

    async def finish(self, age: float) -> None:
        await self.bus.take_up(GROUP, [RAW])
        await self.bus.commit(GROUP, {RAW: int((NOW - age) * SECOND)})


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene()
    await made.catalog.announce([NIFTY], sequence=1)
    yield made
    await made.bus.close()


async def test_a_subject_is_as_full_as_what_it_holds_of_what_it_may_hold(scene: Scene) -> None:
    await scene.publish(5, 4, 3)
    await scene.levels.look()
    assert scene.value(names.BUS_ENTRIES, subject=RAW) == 3
    assert scene.value(names.BUS_BACKLOG_RATIO, subject=RAW) == pytest.approx(0.3)


async def test_a_group_is_behind_by_what_it_has_not_finished_and_as_long_as_the_oldest_waits(
    scene: Scene,
) -> None:
    await scene.publish(50, 40, 30)
    await scene.finish(50)
    await scene.levels.look()
    assert scene.value(names.CONSUMER_LAG_ENTRIES, subject=RAW) == 2
    assert scene.value(names.CONSUMER_LAG_SECONDS, subject=RAW) == pytest.approx(40, abs=0.01)


async def test_a_group_that_has_finished_everything_is_not_behind_however_old_that_is(
    scene: Scene,
) -> None:
    await scene.publish(50)
    await scene.levels.look()
    assert scene.value(names.CONSUMER_LAG_ENTRIES, subject=RAW) == 1
    await scene.finish(50)
    await scene.levels.look()
    assert scene.value(names.CONSUMER_LAG_ENTRIES, subject=RAW) == 0
    assert scene.value(names.CONSUMER_LAG_SECONDS, subject=RAW) == 0


async def test_a_group_that_never_began_is_behind_by_all_there_is(scene: Scene) -> None:
    await scene.publish(60, 20)
    await scene.levels.look()
    assert scene.value(names.CONSUMER_LAG_ENTRIES, subject=RAW) == 2
    assert scene.value(names.CONSUMER_LAG_SECONDS, subject=RAW) == pytest.approx(60, abs=0.01)


async def test_who_writes_what_nobody_has_to_finish_measures_no_lag(scene: Scene) -> None:
    levels = BusLevels(
        scene.bus, scene.catalog, (SubjectKind.RAW_CHAINS,), instruments=scene.instruments
    )
    await scene.publish(1)
    await levels.look()
    assert scene.value(names.BUS_ENTRIES, subject=RAW) == 1
    assert scene.value(names.CONSUMER_LAG_ENTRIES, subject=RAW) is None


async def test_what_is_published_is_counted_by_kind_and_as_old_as_its_sequence(
    scene: Scene,
) -> None:
    published = Published(Hop.PUBLISHED, instruments=scene.instruments, clock=lambda: NOW)
    ticks = subject_of(SubjectKind.RAW_TICKS, "NIFTY")
    old = int((NOW - 0.2) * SECOND)
    published.note([*entries_of(RAW, old, old + 1), *entries_of(ticks, old)])
    assert scene.value(names.BUS_PUBLISHED, kind="chains") == 2
    assert scene.value(names.BUS_PUBLISHED, kind="ticks") == 1
    labels = {"hop": "published", "kind": "chains"}
    assert scene.value(names.EVENT_AGE, "_count", **labels) == 2
    assert scene.value(names.EVENT_AGE, "_sum", **labels) == pytest.approx(0.4, abs=0.001)
    assert scene.value(names.EVENT_AGE, "_bucket", **labels, le="0.1") == 0
    assert scene.value(names.EVENT_AGE, "_bucket", **labels, le="0.25") == 2


async def test_what_is_numbered_ahead_of_the_clock_is_new(scene: Scene) -> None:
    published = Published(Hop.PUBLISHED, instruments=scene.instruments, clock=lambda: NOW)
    published.note(entries_of(RAW, int((NOW + 100) * SECOND)))
    assert scene.value(names.EVENT_AGE, "_sum", hop="published", kind="chains") == 0


def test_every_subject_of_events_has_a_kind() -> None:
    assert KIND_OF.keys() == set(SubjectKind)
    assert {event_kind_of(subject_of(kind, "NIFTY")) for kind in SubjectKind} == set(
        KIND_OF.values()
    )
    with pytest.raises(KeyError):
        event_kind_of("market:catalog")


async def test_what_cannot_be_asked_now_is_asked_again_and_keeps_nobody_waiting() -> None:
    looked: list[str] = []

    async def away() -> None:
        looked.append("away")
        raise DependencyUnavailableError("bus")

    async def there() -> None:
        looked.append("there")

    async def count() -> int:
        return len(looked)

    async with running(look_repeatedly(away, there, interval=0.001)):
        await eventually(count, lambda times: times >= 4)
    assert looked[:4] == ["away", "there", "away", "there"]
