"""What every bus promises of its groups: giving out, taking back, and never forgetting."""

import asyncio

import pytest
from tests.bus.conftest import Connect
from tests.fixtures.bus_entries import deliveries_of, entries_of, sequences_of
from tests.fixtures.eventually import eventually

from deltastream.ports.bus import Bus

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"
GROUP = "enrichment"


async def test_a_group_sees_a_subject_from_its_oldest_entry(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.join(GROUP, [TICKS])

    entries = await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)

    assert sequences_of(entries) == [1, 2, 3]
    assert deliveries_of(entries) == [1, 1, 1]
    assert [entry.payload for entry in entries] == [b"1", b"2", b"3"]


async def test_a_group_can_join_before_anything_is_published(bus: Bus) -> None:
    await bus.join(GROUP, [TICKS, CHAINS])
    await bus.publish(entries_of(CHAINS, 7))

    entries = await bus.receive(GROUP, "a", [TICKS, CHAINS], limit=10, wait=0.0)

    assert [(entry.subject, entry.sequence) for entry in entries] == [(CHAINS, 7)]


async def test_joining_again_does_not_start_again(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)

    await bus.join(GROUP, [TICKS])

    assert await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0) == []


async def test_each_entry_is_given_once_to_the_group(bus: Bus, connect: Connect) -> None:
    await bus.publish(entries_of(TICKS, *range(1, 101)))
    await bus.join(GROUP, [TICKS])
    given: list[int] = []

    async def consume(name: str) -> None:
        own = connect()
        while entries := await own.receive(GROUP, name, [TICKS], limit=7, wait=0.0):
            assert sequences_of(entries) == sorted(sequences_of(entries))
            given.extend(sequences_of(entries))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(consume("a"))
        tasks.create_task(consume("b"))

    assert sorted(given) == [*range(1, 101)]


async def test_the_limit_is_per_subject_and_the_rest_follows_in_order(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3) + entries_of(CHAINS, 1, 2, 3))
    await bus.join(GROUP, [TICKS, CHAINS])

    first = await bus.receive(GROUP, "a", [TICKS, CHAINS], limit=2, wait=0.0)
    second = await bus.receive(GROUP, "a", [TICKS, CHAINS], limit=2, wait=0.0)

    for subject in (TICKS, CHAINS):
        assert sequences_of(e for e in first if e.subject == subject) == [1, 2]
        assert sequences_of(e for e in second if e.subject == subject) == [3]


async def test_a_waiting_consumer_wakes_when_something_is_published(
    bus: Bus, connect: Connect
) -> None:
    await bus.join(GROUP, [TICKS])
    waiting = asyncio.create_task(bus.receive(GROUP, "a", [TICKS], limit=10, wait=20.0))
    assert not (await asyncio.wait({waiting}, timeout=0.05))[0]

    await connect().publish(entries_of(TICKS, 1))

    async with asyncio.timeout(0.5):
        assert sequences_of(await waiting) == [1]


async def test_an_unanswered_wait_ends_at_its_deadline(bus: Bus) -> None:
    await bus.join(GROUP, [TICKS])
    clock = asyncio.get_running_loop().time
    begun = clock()

    assert await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.2) == []

    assert 0.2 <= clock() - begun < 1.0


async def test_two_groups_do_not_see_each_other(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))
    await bus.join(GROUP, [TICKS])
    await bus.join("audit", [TICKS])

    entries = await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)
    await bus.acknowledge(GROUP, entries)

    audited = await bus.receive("audit", "a", [TICKS], limit=10, wait=0.0)
    assert sequences_of(audited) == [1, 2]
    assert sequences_of(await bus.pending("audit", "a", TICKS, limit=10)) == [1, 2]
    assert await bus.pending(GROUP, "a", TICKS, limit=10) == []


async def test_a_restarted_consumer_goes_on_where_it_died(bus: Bus, connect: Connect) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.join(GROUP, [TICKS])
    received = await bus.receive(GROUP, "a", [TICKS], limit=2, wait=0.0)
    await bus.acknowledge(GROUP, received[:1])

    restarted = connect()

    left = await restarted.pending(GROUP, "a", TICKS, limit=10)
    assert [(entry.sequence, entry.payload) for entry in left] == [(2, b"2")]
    following = await restarted.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)
    assert sequences_of(following) == [3]


async def test_pending_returns_the_oldest_up_to_its_limit(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)

    first = await bus.pending(GROUP, "a", TICKS, limit=2)
    await bus.acknowledge(GROUP, first)

    assert sequences_of(first) == [1, 2]
    assert sequences_of(await bus.pending(GROUP, "a", TICKS, limit=2)) == [3]


async def test_what_another_consumer_has_is_not_pending_for_this_one(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)

    assert await bus.pending(GROUP, "b", TICKS, limit=10) == []


async def test_every_way_of_giving_an_entry_counts_as_a_delivery(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))
    await bus.join(GROUP, [TICKS])

    assert deliveries_of(await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)) == [1, 1]
    assert deliveries_of(await bus.pending(GROUP, "a", TICKS, limit=1)) == [2]
    assert deliveries_of(await bus.pending(GROUP, "a", TICKS, limit=10)) == [3, 2]
    assert deliveries_of(await bus.claim(GROUP, "b", TICKS, idle=0.0, limit=10)) == [4, 3]
    assert deliveries_of(await bus.pending(GROUP, "b", TICKS, limit=10)) == [5, 4]


async def test_a_dead_consumers_entries_can_be_claimed_only_after_their_idle_time(
    bus: Bus, connect: Connect
) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "dead", [TICKS], limit=10, wait=0.0)
    alive = connect()

    assert await alive.claim(GROUP, "alive", TICKS, idle=60.0, limit=10) == []
    claimed = await eventually(
        lambda: alive.claim(GROUP, "alive", TICKS, idle=0.1, limit=2), until=bool
    )

    assert sequences_of(claimed) == [1, 2]
    assert sequences_of(await alive.pending(GROUP, "alive", TICKS, limit=10)) == [1, 2]
    assert sequences_of(await bus.pending(GROUP, "dead", TICKS, limit=10)) == [3]


async def test_fresh_entries_do_not_hide_the_idle_ones_behind_them(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "dead", [TICKS], limit=10, wait=0.0)
    first = await eventually(lambda: bus.claim(GROUP, "b", TICKS, idle=0.3, limit=1), until=bool)

    second = await bus.claim(GROUP, "c", TICKS, idle=0.3, limit=1)

    assert (sequences_of(first), sequences_of(second)) == ([1], [2])


async def test_claiming_makes_an_entry_fresh_again(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "dead", [TICKS], limit=10, wait=0.0)
    await eventually(lambda: bus.claim(GROUP, "b", TICKS, idle=0.2, limit=1), until=bool)

    assert await bus.claim(GROUP, "c", TICKS, idle=0.2, limit=1) == []


async def test_a_consumer_does_not_claim_from_itself(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "a", [TICKS], limit=1, wait=0.0)
    await bus.receive(GROUP, "b", [TICKS], limit=1, wait=0.0)

    assert sequences_of(await bus.claim(GROUP, "a", TICKS, idle=0.0, limit=1)) == [2]


async def test_two_consumers_that_claim_at_once_do_not_both_succeed(
    bus: Bus, connect: Connect
) -> None:
    await bus.publish(entries_of(TICKS, *range(1, 51)))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "dead", [TICKS], limit=100, wait=0.0)
    await asyncio.sleep(0.6)  # the idle time itself

    one, other = await asyncio.gather(
        connect().claim(GROUP, "b", TICKS, idle=0.5, limit=100),
        connect().claim(GROUP, "c", TICKS, idle=0.5, limit=100),
    )

    assert sorted(sequences_of(one) + sequences_of(other)) == [*range(1, 51)]


async def test_acknowledged_entries_do_not_come_back_and_may_be_acknowledged_again(
    bus: Bus,
) -> None:
    await bus.publish(entries_of(TICKS, 1, 2) + entries_of(CHAINS, 1))
    await bus.join(GROUP, [TICKS, CHAINS])
    entries = await bus.receive(GROUP, "a", [TICKS, CHAINS], limit=10, wait=0.0)

    await bus.acknowledge(GROUP, entries)
    await bus.acknowledge(GROUP, entries)
    await bus.acknowledge(GROUP, [])

    assert await bus.pending(GROUP, "a", TICKS, limit=10) == []
    assert await bus.pending(GROUP, "a", CHAINS, limit=10) == []
    assert await bus.claim(GROUP, "b", TICKS, idle=0.0, limit=10) == []


async def test_acknowledging_what_was_never_given_does_not_skip_it(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1))
    await bus.join(GROUP, [TICKS])

    await bus.acknowledge(GROUP, entries_of(TICKS, 1))

    assert sequences_of(await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)) == [1]


async def test_a_group_that_joined_nothing_has_nothing_pending(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1))

    assert await bus.pending("stranger", "a", TICKS, limit=10) == []
    assert await bus.claim("stranger", "a", TICKS, idle=0.0, limit=10) == []
    await bus.acknowledge("stranger", entries_of(TICKS, 1))
    assert await bus.trim(TICKS, keep=0) == 1


async def test_trimming_waits_for_entries_that_were_not_received(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, *range(1, 11)))
    await bus.join(GROUP, [TICKS])

    assert await bus.trim(TICKS, keep=0) == 0

    received = await bus.receive(GROUP, "a", [TICKS], limit=100, wait=0.0)
    assert sequences_of(received) == [*range(1, 11)]


@pytest.mark.parametrize(
    ("acknowledged", "dropped"), [((), 0), ((1, 2), 2), ((2, 3), 0), ((1, 2, 4), 2)]
)
async def test_trimming_stops_at_the_first_entry_that_is_pending(
    bus: Bus, acknowledged: tuple[int, ...], dropped: int
) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3, 4))
    await bus.join(GROUP, [TICKS])
    await bus.receive(GROUP, "a", [TICKS], limit=10, wait=0.0)
    await bus.acknowledge(GROUP, entries_of(TICKS, *acknowledged))

    assert await bus.trim(TICKS, keep=0) == dropped

    left = [sequence for sequence in (1, 2, 3, 4) if sequence not in acknowledged]
    assert sequences_of(await bus.pending(GROUP, "a", TICKS, limit=10)) == left


async def test_trimming_waits_for_the_slowest_group(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.join(GROUP, [TICKS])
    await bus.join("audit", [TICKS])
    await bus.acknowledge(GROUP, await bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0))
    await bus.acknowledge("audit", await bus.receive("audit", "a", [TICKS], limit=1, wait=0.0))

    assert await bus.trim(TICKS, keep=0) == 1
    assert await bus.first_sequence(TICKS) == 2


async def test_trimming_drops_what_every_group_is_done_with_beyond_the_newest(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.join(GROUP, [TICKS])
    await bus.acknowledge(GROUP, await bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0))

    assert await bus.trim(TICKS, keep=1) == 2
    assert await bus.first_sequence(TICKS) == 3


async def test_a_group_that_joins_late_starts_at_the_oldest_entry_still_held(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.trim(TICKS, keep=1)
    await bus.join(GROUP, [TICKS])

    assert sequences_of(await bus.receive(GROUP, "a", [TICKS], limit=9, wait=0.0)) == [3]


async def test_a_cancelled_wait_leaves_nothing_behind(bus: Bus, connect: Connect) -> None:
    await bus.join(GROUP, [TICKS])
    for _ in range(5):
        waiting = asyncio.create_task(bus.receive(GROUP, "a", [TICKS], limit=9, wait=20.0))
        await asyncio.wait({waiting}, timeout=0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    await connect().publish(entries_of(TICKS, 1, 2))

    entries = await bus.receive(GROUP, "a", [TICKS], limit=9, wait=5.0)
    assert sequences_of(entries) == [1, 2]
