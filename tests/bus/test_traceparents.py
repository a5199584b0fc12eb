"""What every bus promises of the traces that events belong to."""

import pytest
from redis.asyncio import Redis
from tests.fixtures.bus_entries import entries_of

from deltastream.adapters.bus.redis_entries import key_of
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.ports.bus import Bus, Entry

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"
ONE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NONE_AT_ALL = [
    "",
    "traced",
    ONE[:-1],
    ONE + "-",
    ONE.upper(),
    ONE.replace("4bf9", "4bf\u0669"),
    "01" + ONE[2:],
    "00-" + "0" * 32 + ONE[35:],
    ONE[:36] + "0" * 16 + "-01",
]


async def test_an_entry_is_read_with_the_trace_that_it_was_published_with(bus: Bus) -> None:
    entries = [
        *entries_of(TICKS, 1),
        *entries_of(TICKS, 2, traceparent=ONE),
        *entries_of(CHAINS, 1, traceparent=OTHER),
        *entries_of(TICKS, 3),
    ]

    await bus.publish(entries)

    ticks = [entry for entry in entries if entry.subject == TICKS]
    assert await bus.tail({TICKS: 0}, limit=10, wait=0.0) == ticks
    assert await bus.latest(CHAINS, limit=1) == entries_of(CHAINS, 1, traceparent=OTHER)


async def test_publishing_again_in_another_trace_changes_nothing(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, traceparent=ONE))

    await bus.publish(entries_of(TICKS, 1, traceparent=OTHER))

    assert await bus.latest(TICKS, limit=10) == entries_of(TICKS, 1, traceparent=ONE)


@pytest.mark.parametrize("text", NONE_AT_ALL)
async def test_what_is_no_traceparent_is_refused_with_its_whole_batch(bus: Bus, text: str) -> None:
    with pytest.raises(ValueError, match="is no traceparent"):
        await bus.publish(entries_of(TICKS, 1) + entries_of(TICKS, 2, traceparent=text))

    assert await bus.last_sequence(TICKS) == 0


async def test_an_entry_without_a_trace_takes_no_room_for_one(redis: Redis, redis_url: str) -> None:
    bus = RedisStreamsBus(redis_url)
    await bus.publish(entries_of(TICKS, 1) + entries_of(TICKS, 2, traceparent=ONE))

    rows = await redis.xrange(key_of(TICKS))

    assert [fields for _, fields in rows or ()] == [{b"p": b"1"}, {b"p": b"2", b"t": ONE.encode()}]
    await bus.close()


async def test_an_event_is_no_worse_for_a_traceparent_that_is_none(
    redis: Redis, redis_url: str
) -> None:
    bus = RedisStreamsBus(redis_url)
    await redis.xadd(key_of(TICKS), {"p": b"1", "t": b"\xff\xfe"}, id="0-1")
    await redis.xadd(key_of(TICKS), {"p": b"2", "t": b"x" * 10_000}, id="0-2")

    assert await bus.latest(TICKS, limit=10) == [
        Entry(subject=TICKS, sequence=1, payload=b"1"),
        Entry(subject=TICKS, sequence=2, payload=b"2"),
    ]
    await bus.close()
