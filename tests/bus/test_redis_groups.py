"""How a group looks to any tool that knows Redis."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis
from tests.fixtures.bus_entries import entries_of

from deltastream.adapters.bus.redis_entries import entry_id, key_of
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.ports.bus import Start

TICKS = "market:underlying:NIFTY"
GROUP = "enrichment"
NOW = 1_753_900_000_123_456


@pytest.fixture
async def bus(redis_url: str) -> AsyncIterator[RedisStreamsBus]:
    bus = RedisStreamsBus(redis_url)
    yield bus
    await bus.close()


async def group_on(redis: Redis) -> dict[str, Any]:
    (group,) = await redis.xinfo_groups(key_of(TICKS))
    return dict(group)


async def test_a_position_is_the_last_delivered_id_of_a_group_without_consumers(
    redis: Redis, bus: RedisStreamsBus
) -> None:
    await bus.publish(entries_of(TICKS, NOW, NOW + 1))
    await bus.take_up(GROUP, [TICKS])

    await bus.commit(GROUP, {TICKS: NOW})

    group = await group_on(redis)
    assert group["name"] == GROUP.encode()
    assert group["last-delivered-id"] == entry_id(NOW).encode()
    assert (group["consumers"], group["pending"]) == (0, 0)


async def test_the_lag_is_told_at_the_beginning_and_at_the_end(
    redis: Redis, bus: RedisStreamsBus
) -> None:
    await bus.publish(entries_of(TICKS, NOW, NOW + 1, NOW + 2))
    await bus.take_up(GROUP, [TICKS])
    if "lag" not in await group_on(redis):
        pytest.skip("before version 7, Redis tells no lag")

    assert (await group_on(redis))["lag"] == 3
    await bus.commit(GROUP, {TICKS: NOW + 2})
    assert (await group_on(redis))["lag"] == 0


async def test_a_group_that_was_moved_by_hand_begins_where_it_was_moved_to(
    redis: Redis, bus: RedisStreamsBus
) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: 3})
    for _ in range(3):
        await bus.take_up(GROUP, [TICKS])

    await redis.xgroup_setid(key_of(TICKS), GROUP, entry_id(1))

    assert await bus.take_up(GROUP, [TICKS]) == {TICKS: Start(position=1, attempts=1)}
