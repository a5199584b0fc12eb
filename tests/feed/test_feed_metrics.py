"""What the feed measures: what the bus has taken, and for how long a product has been silent."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from tests.feed.tenures import tenure_of
from tests.feed.test_pump import NOW, pump, tick
from tests.fixtures.chains import chain
from tests.fixtures.measured import measured

from deltastream.adapters.bus.choose import open_bus
from deltastream.adapters.calendar.load import load_calendars
from deltastream.feed.last_events import LastEvents
from deltastream.ports.bus import Bus
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.calendar_validity import show_calendars
from deltastream.runtime.telemetry.instruments import Instruments


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    opened = open_bus("memory:")
    yield opened
    await opened.close()


async def test_entries_are_counted_once_the_bus_has_them(bus: Bus) -> None:
    ticks = measured(names.BUS_PUBLISHED, kind="ticks")
    chains = measured(names.BUS_PUBLISHED, kind="chains")
    ages = measured(names.EVENT_AGE, "_count", hop="published", kind="chains")
    await pump(bus, [tick(1), tick(2)], [chain(number=1), chain(number=2)])
    assert measured(names.BUS_PUBLISHED, kind="ticks") == ticks + 1
    assert measured(names.BUS_PUBLISHED, kind="chains") == chains + 2
    assert measured(names.EVENT_AGE, "_count", hop="published", kind="chains") == ages + 2


async def test_a_product_has_an_age_once_it_has_had_an_event_and_it_grows(bus: Bus) -> None:
    instruments = Instruments(CollectorRegistry())
    now = NOW

    def clock() -> datetime:
        return now

    def age(product: str) -> float | None:
        labels = {"product": product}
        return instruments.registry.get_sample_value(names.FEED_LAST_EVENT_AGE.name, labels)

    progress = await pump(bus, [tick(1)])
    await LastEvents(progress, clock=clock, instruments=instruments).look()
    assert age("NIFTY") == 0.0
    now = NOW + timedelta(seconds=30)
    assert age("NIFTY") == 30.0
    assert age("SPY") is None


async def test_leases_are_counted_while_they_are_held(bus: Bus) -> None:
    async with tenure_of(bus) as tenure, tenure_of(bus, holder="another") as another:
        await tenure.held()
        assert tenure.count == 2
        assert another.count == 0


def test_a_calendar_is_valid_to_the_end_of_its_last_day_where_its_exchange_is() -> None:
    instruments = Instruments(CollectorRegistry())
    calendars = load_calendars()
    show_calendars(calendars, instruments=instruments)
    for exchange, calendar in calendars.items():
        labels = {"exchange": exchange}
        ends = instruments.registry.get_sample_value(names.CALENDAR_VALID_UNTIL.name, labels)
        assert ends is not None
        just_before = datetime.fromtimestamp(ends - 1, calendar.zone)
        assert just_before.date() == calendar.valid_through
        assert datetime.fromtimestamp(ends, calendar.zone).date() > calendar.valid_through
