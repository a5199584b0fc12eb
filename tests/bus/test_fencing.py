"""What every bus promises of writing under leases: all of it, or nothing and the reason."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tests.bus.conftest import Connect
from tests.fixtures.bus_entries import entries_of, sequences_of
from tests.fixtures.eventually import eventually

from deltastream.domain.errors import LeaseLostError
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Bus, Start
from deltastream.ports.leases import Lease

TICKS = "market:underlying:NIFTY"
CHAINS = "market:option_chain:NIFTY"
GROUP = "enrichment"
LONG = 60.0

Lose = Callable[[Bus, Lease], Awaitable[None]]


async def lease_of(bus: Bus, name: str, holder: str = "one", seconds: float = LONG) -> Lease:
    (lease,) = await bus.leases.acquire(GROUP, [name], holder, seconds=seconds)
    return lease


async def give_it_back(bus: Bus, lease: Lease) -> None:
    await bus.leases.release([lease])


async def leave_it_to_another(bus: Bus, lease: Lease) -> None:
    await bus.leases.release([lease])
    await lease_of(bus, lease.name, "two")


async def be_restarted(bus: Bus, lease: Lease) -> None:
    await lease_of(bus, lease.name, lease.holder)


async def let_it_end(bus: Bus, lease: Lease) -> None:
    await bus.leases.renew([lease], seconds=0.05)
    await eventually(
        lambda: bus.leases.holders(GROUP, [lease.name]), lambda holders: not holders, seconds=1.0
    )


async def let_it_end_and_be_taken_over(bus: Bus, lease: Lease) -> None:
    await let_it_end(bus, lease)
    await lease_of(bus, lease.name, "two")


WAYS = [
    give_it_back,
    leave_it_to_another,
    be_restarted,
    let_it_end,
    let_it_end_and_be_taken_over,
]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def lose(request: pytest.FixtureRequest) -> Lose:
    way: Lose = request.param
    return way


async def test_whoever_holds_its_leases_may_write(bus: Bus) -> None:
    leases = [await lease_of(bus, "NIFTY"), await lease_of(bus, "BTC")]

    starts = await bus.take_up(GROUP, [TICKS], under=leases)
    await bus.publish(entries_of(TICKS, 1, 2) + entries_of(CHAINS, 5), under=leases)
    await bus.commit(GROUP, {TICKS: 1}, under=leases, letters=[b"given up"])

    assert starts == {TICKS: Start(position=0, attempts=1)}
    assert await bus.latest(TICKS, limit=9) == entries_of(TICKS, 1, 2)
    assert await bus.latest(CHAINS, limit=9) == entries_of(CHAINS, 5)
    assert await bus.positions(GROUP, [TICKS]) == {TICKS: 1}
    assert [e.payload for e in await bus.latest(DEAD_LETTERS, limit=9)] == [b"given up"]


async def test_publishing_again_under_a_lease_changes_nothing(bus: Bus) -> None:
    lease = await lease_of(bus, "NIFTY")

    for _ in range(2):
        await bus.publish(entries_of(TICKS, 1, 2, 3), under=[lease])
    await bus.publish(entries_of(TICKS, 3, 4), under=[lease])

    assert sequences_of(await bus.latest(TICKS, limit=9)) == [1, 2, 3, 4]


async def test_a_lost_lease_refuses_the_whole_publish(bus: Bus, lose: Lose) -> None:
    kept, lost = await lease_of(bus, "BTC"), await lease_of(bus, "NIFTY")
    await bus.publish(entries_of(TICKS, 1), under=[kept, lost])
    await lose(bus, lost)

    with pytest.raises(LeaseLostError, match="the lease of NIFTY is not held") as caught:
        await bus.publish(entries_of(TICKS, 2) + entries_of(CHAINS, 1), under=[kept, lost])

    assert caught.value.names == {"NIFTY"}
    assert await bus.last_sequence(TICKS) == 1
    assert await bus.last_sequence(CHAINS) == 0


async def test_a_lost_lease_refuses_the_whole_commit(bus: Bus, lose: Lose) -> None:
    kept, lost = await lease_of(bus, "BTC"), await lease_of(bus, "NIFTY")
    await bus.take_up(GROUP, [TICKS, CHAINS], under=[kept, lost])
    await lose(bus, lost)

    with pytest.raises(LeaseLostError) as caught:
        await bus.commit(
            GROUP, {TICKS: 5, CHAINS: 5}, under=[kept, lost], letters=[b"given up too"]
        )

    assert caught.value.names == {"NIFTY"}
    assert await bus.positions(GROUP, [TICKS, CHAINS]) == {TICKS: 0, CHAINS: 0}
    assert await bus.last_sequence(DEAD_LETTERS) == 0


async def test_a_lost_lease_refuses_to_begin(bus: Bus, lose: Lose) -> None:
    kept, lost = await lease_of(bus, "BTC"), await lease_of(bus, "NIFTY")
    await bus.take_up(GROUP, [CHAINS])
    await lose(bus, lost)

    with pytest.raises(LeaseLostError):
        await bus.take_up(GROUP, [TICKS, CHAINS], under=[kept, lost])

    await bus.publish(entries_of(TICKS, 1))
    assert await bus.trim(TICKS, keep=0) == 1
    assert await bus.take_up(GROUP, [CHAINS]) == {CHAINS: Start(position=0, attempts=2)}


async def test_the_error_names_every_lease_that_is_lost(bus: Bus) -> None:
    names = ["A", "B", "C", "D"]
    leases = [await lease_of(bus, name) for name in names]
    await bus.leases.release([leases[1], leases[3]])

    with pytest.raises(LeaseLostError) as caught:
        await bus.publish(entries_of(TICKS, 1), under=leases)

    assert caught.value.names == {"B", "D"}


async def test_a_repetition_is_refused_too_when_the_lease_is_lost(bus: Bus) -> None:
    lease = await lease_of(bus, "NIFTY")
    await bus.publish(entries_of(TICKS, 1), under=[lease])
    await bus.take_up(GROUP, [TICKS], under=[lease])
    await bus.commit(GROUP, {TICKS: 1}, under=[lease])
    await bus.leases.release([lease])

    with pytest.raises(LeaseLostError):
        await bus.publish(entries_of(TICKS, 1), under=[lease])
    with pytest.raises(LeaseLostError):
        await bus.publish([], under=[lease])
    with pytest.raises(LeaseLostError):
        await bus.commit(GROUP, {TICKS: 1}, under=[lease])
    with pytest.raises(LeaseLostError):
        await bus.commit(GROUP, {}, under=[lease])


@pytest.mark.parametrize(
    "change", [{"holder": "two"}, {"number": 1}, {"group": "audit"}, {"name": "BTC"}]
)
async def test_a_lease_that_was_never_granted_is_worth_nothing(
    bus: Bus, change: dict[str, object]
) -> None:
    for name in ("ETH", "NIFTY"):
        held = await lease_of(bus, name)
    made_up = replace(held, **change)  # type: ignore[arg-type]

    with pytest.raises(LeaseLostError):
        await bus.publish(entries_of(TICKS, 1), under=[made_up])


async def test_of_two_that_write_at_the_moment_of_a_take_over_only_the_new_holder_goes_on(
    bus: Bus, connect: Connect
) -> None:
    old = await lease_of(bus, "NIFTY", "old")
    before = connect()

    async def publish_until_refused() -> int:
        for sequence in range(1, 100_000):
            try:
                await before.publish(entries_of(TICKS, sequence), under=[old])
            except LeaseLostError:
                return sequence - 1
            await asyncio.sleep(0)  # the bus in memory gives nobody else a turn
        raise AssertionError("it was never refused")

    writing = asyncio.create_task(publish_until_refused())
    await eventually(lambda: bus.last_sequence(TICKS), lambda last: last > 20)
    await bus.leases.release([old])
    new = await lease_of(bus, "NIFTY", "new")
    seen = await bus.last_sequence(TICKS)
    await bus.publish(entries_of(TICKS, seen + 1000), under=[new])

    async with asyncio.timeout(5.0):
        assert await writing == seen
    assert await bus.last_sequence(TICKS) == seen + 1000
