"""How often the bus on Redis goes over the wire."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from redis.asyncio.connection import AbstractConnection
from tests.fixtures.bus_entries import entries_of

from deltastream.adapters.bus.redis_streams import RedisStreamsBus

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"
GROUP = "enrichment"


@pytest.fixture
async def bus(redis_url: str) -> AsyncIterator[RedisStreamsBus]:
    bus = RedisStreamsBus(redis_url)
    await bus.epoch()
    await bus.join(GROUP, [TICKS, CHAINS])
    await bus.tail({TICKS: 0}, limit=1, wait=0.0)  # both pools have their connection now
    yield bus
    await bus.close()


@pytest.fixture
def round_trips(bus: RedisStreamsBus, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return what tells how often something was sent since it was last asked."""
    sent = 0
    original = AbstractConnection.send_packed_command

    async def counted(self: AbstractConnection, *args: Any, **kwargs: Any) -> None:
        nonlocal sent
        sent += 1
        await original(self, *args, **kwargs)

    def since_last() -> int:
        nonlocal sent
        number, sent = sent, 0
        return number

    assert bus is not None
    monkeypatch.setattr(AbstractConnection, "send_packed_command", counted)
    return since_last


async def test_a_hundred_entries_travel_in_one_round_trip_each_way(
    bus: RedisStreamsBus, round_trips: Callable[[], int]
) -> None:
    entries = entries_of(TICKS, *range(1, 51)) + entries_of(CHAINS, *range(1, 51))

    await bus.publish(entries)
    assert round_trips() == 1

    received = await bus.receive(GROUP, "a", [TICKS, CHAINS], limit=100, wait=1.0)
    assert (len(received), round_trips()) == (100, 1)

    await bus.acknowledge(GROUP, received)
    assert round_trips() == 1

    tailed = await bus.tail({TICKS: 0, CHAINS: 0}, limit=100, wait=1.0)
    assert (len(tailed), round_trips()) == (100, 1)
