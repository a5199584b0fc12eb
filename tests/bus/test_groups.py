"""What every bus promises of its groups: how far they are, how often they tried, what is spared."""

import asyncio

import pytest
from tests.bus.conftest import Connect
from tests.fixtures.bus_entries import entries_of, sequences_of

from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Backlog, Bus, Entry, Start

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"
GROUP = "enrichment"


async def letters_on(bus: Bus) -> list[Entry]:
    return await bus.tail({DEAD_LETTERS: 0}, limit=100, wait=0.0)


async def test_a_new_group_begins_before_the_oldest_entry(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))

    starts = await bus.take_up(GROUP, [TICKS, CHAINS])

    first = Start(position=0, attempts=1)
    assert starts == {TICKS: first, CHAINS: first}
    assert await bus.tail({TICKS: 0}, limit=9, wait=0.0) == entries_of(TICKS, 1, 2, 3)


async def test_a_group_goes_on_where_it_committed(bus: Bus, connect: Connect) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.take_up(GROUP, [TICKS, CHAINS])

    await bus.commit(GROUP, {TICKS: 2})

    restarted = connect()
    assert await restarted.positions(GROUP, [TICKS, CHAINS]) == {TICKS: 2, CHAINS: 0}
    assert (await restarted.take_up(GROUP, [TICKS]))[TICKS].position == 2


async def test_asking_for_positions_begins_nothing(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))

    assert await bus.positions(GROUP, [TICKS, CHAINS]) == {TICKS: 0, CHAINS: 0}
    assert await bus.positions(GROUP, []) == {}

    assert await bus.trim(TICKS, keep=0) == 2


async def test_several_subjects_are_committed_at_once(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS, CHAINS])

    await bus.commit(GROUP, {TICKS: 5, CHAINS: 1_753_900_000_123_456})

    expected = {TICKS: 5, CHAINS: 1_753_900_000_123_456}
    assert await bus.positions(GROUP, [TICKS, CHAINS]) == expected


@pytest.mark.parametrize("reached", [5, 1000, 1_753_900_000_123_456, 2**62])
async def test_a_position_moves_only_forward(bus: Bus, reached: int) -> None:
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: reached})

    for position in (reached, reached - 1, 1, 0):
        await bus.commit(GROUP, {TICKS: position})
        assert await bus.positions(GROUP, [TICKS]) == {TICKS: reached}

    await bus.commit(GROUP, {TICKS: reached + 1})
    assert await bus.positions(GROUP, [TICKS]) == {TICKS: reached + 1}


async def test_one_subject_that_is_behind_does_not_hold_up_another(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS, CHAINS])
    await bus.commit(GROUP, {TICKS: 5, CHAINS: 5})

    await bus.commit(GROUP, {TICKS: 4, CHAINS: 6})

    assert await bus.positions(GROUP, [TICKS, CHAINS]) == {TICKS: 5, CHAINS: 6}


async def test_a_negative_position_is_refused_with_its_whole_commit(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS, CHAINS])

    with pytest.raises(ValueError, match=f"{CHAINS}: position -1 is negative"):
        await bus.commit(GROUP, {TICKS: 1, CHAINS: -1}, letters=[b"given up"])

    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 0}
    assert await letters_on(bus) == []


async def test_groups_do_not_see_each_other(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS])
    await bus.take_up("audit", [TICKS])

    await bus.commit(GROUP, {TICKS: 2})

    assert await bus.positions("audit", [TICKS]) == {TICKS: 0}
    assert (await bus.take_up("audit", [TICKS]))[TICKS] == Start(position=0, attempts=2)


async def test_beginning_at_the_same_place_again_is_counted(bus: Bus, connect: Connect) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))

    counts = [(await connect().take_up(GROUP, [TICKS]))[TICKS].attempts for _ in range(4)]

    assert counts == [1, 2, 3, 4]


async def test_getting_further_makes_it_count_anew(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS, CHAINS])
    await bus.take_up(GROUP, [TICKS, CHAINS])
    await bus.commit(GROUP, {TICKS: 1, CHAINS: 0})

    starts = await bus.take_up(GROUP, [TICKS, CHAINS])

    assert starts == {
        TICKS: Start(position=1, attempts=1),
        CHAINS: Start(position=0, attempts=3),
    }


async def test_a_subject_named_twice_is_begun_once(bus: Bus) -> None:
    assert await bus.take_up(GROUP, [TICKS, TICKS]) == {TICKS: Start(position=0, attempts=1)}
    assert await bus.take_up(GROUP, []) == {}


async def test_concurrent_beginnings_are_each_counted(bus: Bus, connect: Connect) -> None:
    several = [connect() for _ in range(5)]

    starts = await asyncio.gather(*(each.take_up(GROUP, [TICKS]) for each in several))

    assert sorted(start[TICKS].attempts for start in starts) == [1, 2, 3, 4, 5]


async def test_letters_are_appended_as_the_position_moves(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS])

    await bus.commit(GROUP, {TICKS: 2}, letters=[b"first", b"second"])
    await bus.commit(GROUP, {TICKS: 3}, letters=[b"third"])

    letters = await letters_on(bus)
    assert [letter.payload for letter in letters] == [b"first", b"second", b"third"]
    sequences = sequences_of(letters)
    assert sequences == sorted(set(sequences))
    assert min(sequences) >= 1
    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 3}


async def test_a_commit_that_is_repeated_appends_no_letter_twice(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS])

    for _ in range(3):
        await bus.commit(GROUP, {TICKS: 2}, letters=[b"given up"])

    assert [letter.payload for letter in await letters_on(bus)] == [b"given up"]


async def test_letters_follow_those_that_were_removed(bus: Bus) -> None:
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: 1}, letters=[b"first"])
    (first,) = await letters_on(bus)
    await bus.remove(DEAD_LETTERS, [first.sequence])

    await bus.commit(GROUP, {TICKS: 2}, letters=[b"second"])

    (second,) = await letters_on(bus)
    assert second.sequence > first.sequence


async def test_letters_follow_even_one_that_lies_in_the_future(bus: Bus) -> None:
    future = 4_000_000_000_000_999
    await bus.publish(entries_of(DEAD_LETTERS, future))
    await bus.take_up(GROUP, [TICKS])

    await bus.commit(GROUP, {TICKS: 1}, letters=[b"a", b"b"])

    assert sequences_of(await letters_on(bus)) == [future, future + 1, future + 2]


async def test_a_letter_wakes_whoever_waits_for_one(bus: Bus, connect: Connect) -> None:
    await bus.take_up(GROUP, [TICKS])
    waiting = asyncio.create_task(bus.tail({DEAD_LETTERS: 0}, limit=9, wait=20.0))
    assert not (await asyncio.wait({waiting}, timeout=0.05))[0]

    await connect().commit(GROUP, {TICKS: 1}, letters=[b"given up"])

    async with asyncio.timeout(10.0):
        assert [entry.payload for entry in await waiting] == [b"given up"]


async def test_trimming_spares_everything_once_a_group_has_begun(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, *range(1, 11)))
    await bus.take_up(GROUP, [TICKS])

    assert await bus.trim(TICKS, keep=0) == 0

    assert await bus.backlog(TICKS) == Backlog(held=10, unfinished=10)


@pytest.mark.parametrize(
    ("position", "keep", "dropped"),
    [(0, 0, 0), (1, 0, 0), (10, 0, 1), (19, 0, 1), (40, 0, 4), (90, 0, 4), (40, 3, 1), (20, 3, 1)],
)
async def test_trimming_drops_what_is_finished_beyond_the_newest(
    bus: Bus, position: int, keep: int, dropped: int
) -> None:
    await bus.publish(entries_of(TICKS, 10, 20, 30, 40))
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: position})

    assert await bus.trim(TICKS, keep=keep) == dropped

    left = [10, 20, 30, 40][dropped:]
    assert sequences_of(await bus.latest(TICKS, limit=9)) == left


async def test_trimming_waits_for_the_slowest_group(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    for group, position in ((GROUP, 3), ("audit", 2), ("billing", 1)):
        await bus.take_up(group, [TICKS])
        await bus.commit(group, {TICKS: position})

    assert await bus.trim(TICKS, keep=0) == 1

    assert (await bus.extents([TICKS]))[TICKS].first == 2


@pytest.mark.parametrize(("through", "first"), [(1, 2), (2, 3), (9, 3)])
async def test_trimming_heeds_both_the_groups_and_its_bound(
    bus: Bus, through: int, first: int
) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: 2})

    await bus.trim(TICKS, keep=0, through=through)

    assert (await bus.extents([TICKS]))[TICKS].first == first


async def test_trimming_many_entries_stops_where_the_group_is(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, *range(1, 1301)))
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: 1100})

    assert await bus.trim(TICKS, keep=0) == 1100

    assert (await bus.extents([TICKS]))[TICKS].first == 1101


@pytest.mark.parametrize("position", [0, 1, 99, 100, 101, 250, 251, 400, 499, 500, 501])
async def test_the_backlog_is_counted_on_either_side_of_the_position(
    bus: Bus, position: int
) -> None:
    await bus.publish(entries_of(TICKS, *range(1, 501)))
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: position})

    unfinished = max(0, 500 - position)
    assert await bus.backlog(TICKS) == Backlog(held=500, unfinished=unfinished)


async def test_the_backlog_is_that_of_the_slowest_group(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3))
    for group, position in ((GROUP, 1), ("audit", 3)):
        await bus.take_up(group, [TICKS])
        await bus.commit(group, {TICKS: position})

    assert await bus.backlog(TICKS) == Backlog(held=3, unfinished=2)


async def test_without_a_group_nothing_is_unfinished(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2))

    assert await bus.backlog(TICKS) == Backlog(held=2, unfinished=0)
    assert await bus.backlog(CHAINS) == Backlog(held=0, unfinished=0)


async def test_removed_entries_are_in_no_backlog(bus: Bus) -> None:
    await bus.publish(entries_of(TICKS, 1, 2, 3, 4))
    await bus.take_up(GROUP, [TICKS])
    await bus.commit(GROUP, {TICKS: 2})

    await bus.remove(TICKS, [1, 3])

    assert await bus.backlog(TICKS) == Backlog(held=2, unfinished=1)
    assert await bus.trim(TICKS, keep=0) == 1
