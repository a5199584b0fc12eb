"""What every bus promises of leases and members: one holder at a time, and none for ever."""

import asyncio

import pytest
from tests.bus.conftest import Connect
from tests.fixtures.eventually import eventually

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.ports.bus import Bus
from deltastream.ports.leases import Lease

GROUP = "enrichment"
LONG = 60.0
SHORT = 0.15
"""A lease that a test lets end."""


def names_of(leases: list[Lease]) -> list[str]:
    return [lease.name for lease in leases]


async def acquired(bus: Bus, *names: str, holder: str, seconds: float = LONG) -> list[Lease]:
    return await bus.leases.acquire(GROUP, names, holder, seconds=seconds)


async def test_what_nobody_holds_is_granted_in_the_order_asked_for(bus: Bus) -> None:
    leases = await acquired(bus, "NIFTY", "BTC", holder="one 1")

    assert [(lease.group, lease.name, lease.holder) for lease in leases] == [
        (GROUP, "NIFTY", "one 1"),
        (GROUP, "BTC", "one 1"),
    ]
    assert len({lease.number for lease in leases}) == 2
    assert await bus.leases.holders(GROUP, ["NIFTY", "BTC", "ETH"]) == {
        "NIFTY": "one 1",
        "BTC": "one 1",
    }


async def test_what_another_holds_is_not_granted(bus: Bus, connect: Connect) -> None:
    await acquired(bus, "NIFTY", holder="one")

    leases = await acquired(connect(), "NIFTY", "BTC", holder="two")

    assert names_of(leases) == ["BTC"]
    assert (await bus.leases.holders(GROUP, ["NIFTY"])) == {"NIFTY": "one"}


async def test_of_several_that_ask_at_once_one_is_granted_each_name(
    bus: Bus, connect: Connect
) -> None:
    names = [f"P{number}" for number in range(40)]
    replicas = {f"replica-{number}": connect() for number in range(5)}

    granted = await asyncio.gather(
        *(acquired(each, *names, holder=holder) for holder, each in replicas.items())
    )

    assert sorted(name for leases in granted for name in names_of(leases)) == sorted(names)
    holders = {lease.name: lease.holder for leases in granted for lease in leases}
    assert await bus.leases.holders(GROUP, names) == holders


async def test_groups_share_out_the_same_names_apart(bus: Bus) -> None:
    await acquired(bus, "NIFTY", holder="one")

    assert names_of(await bus.leases.acquire("audit", ["NIFTY"], "two", seconds=LONG)) == ["NIFTY"]
    assert await bus.leases.holders(GROUP, ["NIFTY"]) == {"NIFTY": "one"}


async def test_a_restarted_holder_is_granted_its_own_at_once_under_a_higher_number(
    bus: Bus, connect: Connect
) -> None:
    (before,) = await acquired(bus, "NIFTY", holder="one")

    (after,) = await acquired(connect(), "NIFTY", holder="one")

    assert after.number > before.number
    assert await bus.leases.renew([before], seconds=LONG) == []
    assert await bus.leases.renew([after], seconds=LONG) == [after]


@pytest.mark.parametrize("pretender", ["on", "one 1", "one-2", "One", ""])
async def test_a_holder_is_known_by_its_whole_name(bus: Bus, pretender: str) -> None:
    await acquired(bus, "NIFTY", holder="one")

    assert await acquired(bus, "NIFTY", holder=pretender) == []


async def test_a_lease_that_nobody_renews_ends_and_another_takes_it_over(
    bus: Bus, connect: Connect
) -> None:
    (dead,) = await acquired(bus, "NIFTY", holder="dead", seconds=SHORT)
    alive = connect()

    (lease,) = await eventually(lambda: acquired(alive, "NIFTY", holder="alive"), bool, seconds=1.0)

    assert lease.number > dead.number
    assert await alive.leases.holders(GROUP, ["NIFTY"]) == {"NIFTY": "alive"}


async def test_a_lease_that_ended_is_held_by_nobody(bus: Bus) -> None:
    (lease,) = await acquired(bus, "NIFTY", holder="one", seconds=SHORT)

    await eventually(
        lambda: bus.leases.holders(GROUP, ["NIFTY"]), lambda holders: not holders, seconds=1.0
    )

    assert await bus.leases.renew([lease], seconds=LONG) == []
    assert await bus.leases.holders(GROUP, ["NIFTY"]) == {}


async def test_a_renewed_lease_outlives_its_first_time(bus: Bus) -> None:
    clock = asyncio.get_running_loop().time
    leases = await acquired(bus, "NIFTY", "BTC", holder="one", seconds=SHORT)
    begun = clock()

    assert await bus.leases.renew(leases[:1], seconds=LONG) == leases[:1]
    await eventually(
        lambda: bus.leases.holders(GROUP, ["NIFTY", "BTC"]),
        lambda holders: "BTC" not in holders,
        seconds=1.0,
    )

    assert clock() - begun >= SHORT - 0.01
    assert await bus.leases.holders(GROUP, ["NIFTY", "BTC"]) == {"NIFTY": "one"}


async def test_renewing_can_also_shorten(bus: Bus) -> None:
    leases = await acquired(bus, "NIFTY", holder="one")

    await bus.leases.renew(leases, seconds=SHORT)

    await eventually(
        lambda: bus.leases.holders(GROUP, ["NIFTY"]), lambda holders: not holders, seconds=1.0
    )


async def test_renewing_tells_the_lost_from_the_held(bus: Bus) -> None:
    leases = await acquired(bus, "A", "B", "C", holder="one")
    await bus.leases.release([leases[1]])
    await acquired(bus, "B", holder="two")

    assert await bus.leases.renew(leases, seconds=LONG) == [leases[0], leases[2]]
    assert await bus.leases.holders(GROUP, ["B"]) == {"B": "two"}


async def test_what_is_given_back_is_free_at_once(bus: Bus, connect: Connect) -> None:
    leases = await acquired(bus, "A", "B", holder="one")

    await bus.leases.release(leases)
    await bus.leases.release(leases)

    assert names_of(await acquired(connect(), "A", "B", holder="two")) == ["A", "B"]


async def test_giving_back_what_is_lost_takes_nothing_from_its_holder(bus: Bus) -> None:
    lost = await acquired(bus, "A", holder="one")
    await bus.leases.release(lost)
    await acquired(bus, "A", holder="two")

    await bus.leases.release(lost)

    assert await bus.leases.holders(GROUP, ["A"]) == {"A": "two"}


async def test_numbers_grow_for_ever(bus: Bus) -> None:
    numbers = []
    for _ in range(20):
        (lease,) = await acquired(bus, "A", holder="one")
        numbers.append(lease.number)
        await bus.leases.release([lease])

    assert numbers == sorted(set(numbers))
    assert numbers[0] >= 1


async def test_asking_for_nothing_is_allowed(bus: Bus) -> None:
    assert await acquired(bus, holder="one") == []
    assert await bus.leases.renew([], seconds=LONG) == []
    await bus.leases.release([])
    assert await bus.leases.holders(GROUP, []) == {}


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
async def test_a_time_that_ends_before_it_begins_is_refused(bus: Bus, seconds: float) -> None:
    leases = await acquired(bus, "A", holder="one")
    message = "seconds are no time"

    with pytest.raises(ValueError, match=message):
        await acquired(bus, "B", holder="one", seconds=seconds)
    with pytest.raises(ValueError, match=message):
        await bus.leases.renew(leases, seconds=seconds)
    with pytest.raises(ValueError, match=message):
        await bus.leases.present(GROUP, "one", seconds=seconds)

    assert await bus.leases.holders(GROUP, ["A", "B"]) == {"A": "one"}


async def test_members_know_each_other_as_soon_as_they_are_present(
    bus: Bus, connect: Connect
) -> None:
    assert await bus.leases.present(GROUP, "two", seconds=LONG) == ["two"]
    assert await connect().leases.present(GROUP, "one", seconds=LONG) == ["one", "two"]
    assert await bus.leases.present("audit", "three", seconds=LONG) == ["three"]


async def test_a_member_that_says_nothing_more_is_gone_after_its_time(bus: Bus) -> None:
    clock = asyncio.get_running_loop().time
    begun = clock()
    await bus.leases.present(GROUP, "dead", seconds=SHORT)

    members = await eventually(
        lambda: bus.leases.present(GROUP, "alive", seconds=LONG),
        lambda members: "dead" not in members,
        seconds=1.0,
    )

    assert members == ["alive"]
    assert clock() - begun >= SHORT - 0.01


async def test_a_member_that_leaves_is_gone_at_once(bus: Bus) -> None:
    await bus.leases.present(GROUP, "one", seconds=LONG)
    await bus.leases.present(GROUP, "two", seconds=LONG)

    await bus.leases.leave(GROUP, "one")
    await bus.leases.leave(GROUP, "one")

    assert await bus.leases.present(GROUP, "two", seconds=LONG) == ["two"]


async def test_in_memory_the_clock_that_was_handed_in_ends_leases_and_members() -> None:
    now = 100.0
    bus = MemoryBus(clock=lambda: now)
    (lease,) = await acquired(bus, "A", holder="one", seconds=10.0)
    await bus.leases.present(GROUP, "one", seconds=10.0)

    now = 109.9
    assert await bus.leases.holders(GROUP, ["A"]) == {"A": "one"}
    assert await bus.leases.present(GROUP, "two", seconds=10.0) == ["one", "two"]

    now = 110.0
    assert await bus.leases.holders(GROUP, ["A"]) == {}
    assert await bus.leases.renew([lease], seconds=10.0) == []
    assert await bus.leases.present(GROUP, "two", seconds=10.0) == ["two"]
