"""How often the bus on Redis goes over the wire."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.fixtures.bus_entries import entries_of

from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.adapters.redis_writing import WritingAtOnce
from deltastream.ports.bus import Extent
from deltastream.ports.leases import Lease

PRODUCTS = [f"P{number}" for number in range(200)]
TICKS = [f"market:underlying:{product}" for product in PRODUCTS]
GROUP = "enrichment"


@pytest.fixture
async def bus(redis_url: str) -> AsyncIterator[RedisStreamsBus]:
    bus = RedisStreamsBus(redis_url)
    await everything(bus)  # both pools have their connection now, and the server knows the scripts
    yield bus
    await bus.close()


@pytest.fixture
def round_trips(bus: RedisStreamsBus, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return what tells how often something was sent since it was last asked."""
    sent = 0
    original = WritingAtOnce.send_packed_command

    async def counted(self: WritingAtOnce, *args: Any, **kwargs: Any) -> None:
        nonlocal sent
        sent += 1
        await original(self, *args, **kwargs)

    def since_last() -> int:
        nonlocal sent
        number, sent = sent, 0
        return number

    assert bus is not None
    monkeypatch.setattr(WritingAtOnce, "send_packed_command", counted)
    return since_last


async def everything(
    bus: RedisStreamsBus, round_trips: Callable[[], int] = lambda: 0
) -> dict[str, int]:
    """Do for two hundred products what can be done for all at once; return the round trips."""
    trips: dict[str, int] = {}
    await bus.leases.present(GROUP, "one", seconds=60.0)
    trips["present"] = round_trips()
    leases: list[Lease] = await bus.leases.acquire(GROUP, PRODUCTS, "one", seconds=60.0)
    trips["acquire"] = round_trips()
    assert len(leases) == len(PRODUCTS)
    assert len(await bus.leases.renew(leases, seconds=60.0)) == len(PRODUCTS)
    trips["renew"] = round_trips()
    assert len(await bus.leases.holders(GROUP, PRODUCTS)) == len(PRODUCTS)
    trips["holders"] = round_trips()
    assert len(await bus.take_up(GROUP, TICKS, under=leases)) == len(PRODUCTS)
    trips["take_up"] = round_trips()
    entries = [entry for subject in TICKS for entry in entries_of(subject, 1, 2)]
    await bus.publish(entries, under=leases)
    trips["publish"] = round_trips()
    assert len(await bus.tail(dict.fromkeys(TICKS, 0), limit=9, wait=1.0)) == len(entries)
    trips["tail"] = round_trips()
    assert await bus.extents(TICKS) == dict.fromkeys(TICKS, Extent(first=1, last=2))
    trips["extents"] = round_trips()
    await bus.commit(GROUP, dict.fromkeys(TICKS, 2), under=leases, letters=[b"a", b"b"])
    trips["commit"] = round_trips()
    assert await bus.positions(GROUP, TICKS) == dict.fromkeys(TICKS, 2)
    trips["positions"] = round_trips()
    assert await bus.trim(TICKS[0], keep=0) == 2
    trips["trim"] = round_trips()
    await bus.backlog(TICKS[1])
    trips["backlog"] = round_trips()
    await bus.leases.release(leases)
    trips["release"] = round_trips()
    return trips


async def test_two_hundred_products_take_one_round_trip_for_each_thing_done(
    bus: RedisStreamsBus, round_trips: Callable[[], int]
) -> None:
    await bus._commands.flushdb()
    round_trips()

    trips = await everything(bus, round_trips)

    assert trips == dict.fromkeys(trips, 1)
