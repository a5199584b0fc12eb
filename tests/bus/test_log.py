"""What every bus promises of its logs: appending, reading by position, trimming."""

import asyncio
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bus.conftest import Connect
from tests.fixtures.bus_entries import entries_of, sequences_of

from deltastream.ports.bus import Bus, Entry

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"

_unused = count(1)


async def test_a_subject_that_nobody_wrote_to_is_empty(bus: Bus) -> None:
    assert await bus.last_sequence(TICKS) == 0
    assert (await bus.extents([TICKS]))[TICKS].first == 0
    assert await bus.latest(TICKS, limit=10) == []
    assert await bus.tail({TICKS: 0}, limit=10, wait=0.0) == []
    assert await bus.trim(TICKS, keep=0) == 0


async def test_entries_keep_the_sequences_that_their_writer_chose(bus: Bus) -> None:
    entries = entries_of(TICKS, 1, 999, 1000, 1001, 1_753_900_000_123_456, 2**62)

    await bus.publish(entries)

    assert await bus.tail({TICKS: 0}, limit=10, wait=0.0) == entries
    assert await bus.last_sequence(TICKS) == 2**62
    assert (await bus.extents([TICKS]))[TICKS].first == 1


async def test_publishing_again_changes_nothing(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))

    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.publish([Entry(subject=TICKS, sequence=2, payload=b"another")])

    assert await bus.tail({TICKS: 0}, limit=10, wait=0.0) == entries_of(TICKS, 1, 2, 3)


async def test_a_batch_that_is_partly_a_repetition_appends_the_rest(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))

    await bus.publish(entries_of(TICKS, 1, 2, 3) + entries_of(CHAINS, 1))

    assert sequences_of(await bus.latest(TICKS, limit=10)) == [1, 2, 3]
    assert sequences_of(await bus.latest(CHAINS, limit=10)) == [1]


async def test_nothing_is_inserted_below_the_last_entry(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 10))

    await bus.publish(entries_of(TICKS, 9, 11))

    assert sequences_of(await bus.latest(TICKS, limit=10)) == [10, 11]


@pytest.mark.parametrize("sequence", [0, -1])
async def test_a_sequence_below_1_is_refused_with_its_whole_batch(bus: Bus, sequence: int) -> None:
    with pytest.raises(ValueError, match=f"{TICKS}: sequence {sequence} is below 1"):
        await bus.publish(entries_of(TICKS, 1, sequence))

    assert await bus.last_sequence(TICKS) == 0


async def test_publishing_nothing_is_allowed(bus: Bus) -> None:
    await bus.publish([])


async def test_subjects_are_independent(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 5) + entries_of(CHAINS, 3))

    assert await bus.latest(TICKS, limit=10) == entries_of(TICKS, 5)
    assert await bus.latest(CHAINS, limit=10) == entries_of(CHAINS, 3)


async def test_concurrent_writers_of_several_subjects_each_keep_their_order(bus: Bus) -> None:
    subjects = [f"market:underlying:P{number}" for number in range(6)]

    async def write(subject: str) -> None:
        for first in range(1, 200, 20):
            await bus.publish(entries_of(subject, *range(first, first + 20)))

    async with asyncio.TaskGroup() as group:
        for subject in subjects:
            group.create_task(write(subject))

    for subject in subjects:
        assert sequences_of(await bus.tail({subject: 0}, limit=500, wait=0.0)) == [*range(1, 201)]


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(payload=st.binary(max_size=5000))
async def test_payloads_come_back_byte_for_byte(bus: Bus, payload: bytes) -> None:
    sequence = next(_unused)

    await bus.publish([Entry(subject=TICKS, sequence=sequence, payload=payload)])

    (entry,) = await bus.latest(TICKS, limit=1)
    assert entry == Entry(subject=TICKS, sequence=sequence, payload=payload)


async def test_tail_starts_above_the_given_sequence(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 10, 20, 30))

    assert sequences_of(await bus.tail({TICKS: 10}, limit=10, wait=0.0)) == [20, 30]
    assert sequences_of(await bus.tail({TICKS: 15}, limit=10, wait=0.0)) == [20, 30]
    assert await bus.tail({TICKS: 30}, limit=10, wait=0.0) == []


async def test_tail_returns_the_oldest_up_to_the_limit_of_each_subject(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3) + entries_of(CHAINS, 1, 2, 3))

    entries = await bus.tail({TICKS: 0, CHAINS: 1}, limit=2, wait=0.0)

    assert sequences_of(e for e in entries if e.subject == TICKS) == [1, 2]
    assert sequences_of(e for e in entries if e.subject == CHAINS) == [2, 3]
    assert len(entries) == 4


async def test_tail_remembers_nothing(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1))

    first = await bus.tail({TICKS: 0}, limit=10, wait=0.0)

    assert await bus.tail({TICKS: 0}, limit=10, wait=0.0) == first == entries_of(TICKS, 1)


@pytest.mark.parametrize("after", [0.05, 1.2])
async def test_a_waiting_tail_wakes_when_something_is_published(
    bus: Bus, connect: Connect, after: float
) -> None:
    waiting = asyncio.create_task(bus.tail({TICKS: 0, CHAINS: 0}, limit=10, wait=20.0))
    assert not (await asyncio.wait({waiting}, timeout=after))[0]

    await connect().publish(entries_of(CHAINS, 1))

    async with asyncio.timeout(10.0):
        assert await waiting == entries_of(CHAINS, 1)


async def test_an_unanswered_wait_ends_at_its_deadline(bus: Bus) -> None:
    clock = asyncio.get_running_loop().time
    begun = clock()

    assert await bus.tail({TICKS: 0}, limit=10, wait=0.2) == []

    assert 0.2 <= clock() - begun < 10.0


async def test_no_wait_means_no_wait(bus: Bus) -> None:
    async with asyncio.timeout(10.0):
        assert await bus.tail({TICKS: 0}, limit=10, wait=0.0) == []


async def test_with_no_subjects_there_is_nothing_to_wait_for_but_the_deadline(bus: Bus) -> None:
    async with asyncio.timeout(10.0):
        assert await bus.tail({}, limit=10, wait=0.05) == []


async def test_latest_returns_the_newest_in_order(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))

    assert await bus.latest(TICKS, limit=2) == entries_of(TICKS, 2, 3)
    assert await bus.latest(TICKS, limit=5) == entries_of(TICKS, 1, 2, 3)


@pytest.mark.parametrize("limit", [0, -1])
async def test_a_limit_below_1_is_refused(bus: Bus, limit: int) -> None:
    message = f"limit {limit} is below 1"
    with pytest.raises(ValueError, match=message):
        await bus.latest(TICKS, limit=limit)
    with pytest.raises(ValueError, match=message):
        await bus.tail({TICKS: 0}, limit=limit, wait=0.0)


async def test_trimming_keeps_the_newest_and_says_how_many_it_dropped(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, *range(1, 1301)))

    assert await bus.trim(TICKS, keep=100) == 1200
    assert await bus.trim(TICKS, keep=100) == 0
    assert await bus.trim(TICKS, keep=200) == 0

    assert (await bus.extents([TICKS]))[TICKS].first == 1201
    assert sequences_of(await bus.tail({TICKS: 0}, limit=500, wait=0.0)) == [*range(1201, 1301)]


async def test_the_last_sequence_outlives_its_entry(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))

    assert await bus.trim(TICKS, keep=0) == 3

    assert (await bus.extents([TICKS]))[TICKS].first == 0
    assert await bus.latest(TICKS, limit=1) == []
    assert await bus.last_sequence(TICKS) == 3
    await bus.publish(entries_of(TICKS, 3))
    assert await bus.latest(TICKS, limit=1) == []


async def test_trimming_drops_nothing_above_its_bound(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 10, 20, 30, 40))

    assert await bus.trim(TICKS, keep=0, through=0) == 0
    assert await bus.trim(TICKS, keep=0, through=29) == 2
    assert await bus.trim(TICKS, keep=1, through=40) == 1
    assert (await bus.extents([TICKS]))[TICKS].first == 40


async def test_negative_numbers_to_trim_by_are_refused(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1))

    with pytest.raises(ValueError, match="keep -1 is negative"):
        await bus.trim(TICKS, keep=-1)
    with pytest.raises(ValueError, match="through -1 is negative"):
        await bus.trim(TICKS, keep=0, through=-1)

    assert (await bus.extents([TICKS]))[TICKS].first == 1


async def test_single_entries_can_be_removed_and_stay_removed(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3, 4))

    assert await bus.remove(TICKS, [2, 4, 4, 9]) == 2
    assert await bus.remove(TICKS, [2, 4]) == 0
    assert await bus.remove(TICKS, []) == 0
    assert await bus.remove(TICKS, [0, -1]) == 0
    assert await bus.remove(CHAINS, [1]) == 0

    assert sequences_of(await bus.tail({TICKS: 0}, limit=9, wait=0.0)) == [1, 3]
    assert await bus.last_sequence(TICKS) == 4
    await bus.publish(entries_of(TICKS, 2, 4))
    assert sequences_of(await bus.latest(TICKS, limit=9)) == [1, 3]


async def test_a_cancelled_wait_leaves_nothing_behind(bus: Bus, connect: Connect) -> None:
    for _ in range(5):
        waiting = asyncio.create_task(bus.tail({TICKS: 0}, limit=9, wait=20.0))
        await asyncio.wait({waiting}, timeout=0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    await connect().publish(entries_of(TICKS, 1, 2))

    assert sequences_of(await bus.tail({TICKS: 0}, limit=9, wait=5.0)) == [1, 2]


async def test_the_epoch_is_the_same_for_everyone_who_connects(bus: Bus, connect: Connect) -> None:
    epoch = await bus.epoch()

    assert epoch
    assert await bus.epoch() == await connect().epoch() == epoch
