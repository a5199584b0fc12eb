"""Several replicas share the products, keep their order, and take over from one another."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from operator import eq, lt
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.enrichment.bench import PRODUCTS, Bench, working
from tests.enrichment.candle_bench import counts, entry, newest_told, stored, tick
from tests.enrichment.faulty import with_bus
from tests.enrichment.gate import Gate
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually

from deltastream.domain.events import Candle
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.ownership import GROUP, LEASE_SECONDS, RENEWAL_SECONDS
from deltastream.enrichment.replica import Replica

TAKE_OVER_SECONDS = 2.0
# As long as a test may last.
OUTLASTING_SECONDS = 60.0
SPY_CHAINS = subject_of(SubjectKind.RAW_CHAINS, "SPY")


async def shares(bench: Bench) -> dict[str, int]:
    return {holder: len(products) for holder, products in (await bench.holders()).items()}


@asynccontextmanager
async def crashing(
    bench: Bench, name: str, *, lease_seconds: float = LEASE_SECONDS
) -> AsyncIterator[tuple[Replica, "asyncio.Task[None]"]]:
    """Run a replica that ends without a word when its task is cancelled."""
    started: asyncio.Future[Replica] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        async with working(bench, name=name, lease_seconds=lease_seconds) as replica:
            started.set_result(replica)
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    try:
        yield await started, task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def crash(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a"], {"a": 5}),
        (["a", "b"], {"a": 3, "b": 2}),
        (["a", "b", "c"], {"a": 2, "b": 2, "c": 1}),
    ],
)
async def test_replicas_have_fair_shares(
    shared_bench: Bench, names: list[str], expected: dict[str, int]
) -> None:
    async with AsyncExitStack() as stack:
        for name in names:
            await stack.enter_async_context(crashing(shared_bench, name))
        await eventually(lambda: shares(shared_bench), lambda found: found == expected)


async def test_who_joins_gets_a_share_and_nothing_is_lost_or_out_of_order(
    shared_bench: Bench,
) -> None:
    bench, numbers = shared_bench, range(1, 121)
    async with crashing(bench, "a"):
        await eventually(lambda: shares(bench), lambda found: found == {"a": 5})
        async with asyncio.TaskGroup() as group:
            group.create_task(publish_slowly(bench, numbers))
            async with crashing(bench, "b"):
                await eventually(lambda: shares(bench), lambda found: found == {"a": 3, "b": 2})
                for product in PRODUCTS:
                    await eventually(
                        partial(bench.enriched, product), partial(eq, list(numbers)), seconds=20.0
                    )
                    await eventually(
                        partial(bench.stored, product), partial(eq, list(numbers)), seconds=20.0
                    )


async def publish_slowly(bench: Bench, numbers: Sequence[int]) -> None:
    """Publish chains of all products, a few at a time."""
    for begin in range(0, len(numbers), 4):
        for product in PRODUCTS:
            await bench.publish(*(chain(product, number=n) for n in numbers[begin : begin + 4]))
        await asyncio.sleep(0.02)


async def test_a_dead_replicas_products_are_taken_over(shared_bench: Bench) -> None:
    # When its leases have ended, and the next look at what is free has come.
    assert LEASE_SECONDS + RENEWAL_SECONDS < TAKE_OVER_SECONDS
    bench = shared_bench
    async with crashing(bench, "a") as (_, dies), crashing(bench, "b"):
        await eventually(lambda: shares(bench), lambda found: found == {"a": 3, "b": 2})
        await crash(dies)
        for product in PRODUCTS:
            await bench.publish(chain(product, number=7))
        for product in PRODUCTS:
            await eventually(partial(bench.stored, product), partial(eq, [7]))
        assert await shares(bench) == {"b": 5}


async def test_a_replica_that_drains_finishes_and_hands_over_at_once(shared_bench: Bench) -> None:
    bench, numbers = shared_bench, list(range(1, 101))
    async with (
        crashing(bench, "a", lease_seconds=OUTLASTING_SECONDS) as (drains, _),
        crashing(bench, "b", lease_seconds=OUTLASTING_SECONDS),
    ):
        await eventually(lambda: shares(bench), lambda found: found == {"a": 3, "b": 2})
        await bench.publish(*(chain(number=number) for number in numbers))
        await drains.drain(seconds=5.0)
        assert drains.products == []
        # None of its leases has ended.
        await eventually(lambda: shares(bench), lambda found: found == {"b": 5})
        await eventually(bench.stored, lambda found: found == numbers)
    assert await bench.enriched() == numbers


async def test_a_process_that_comes_back_under_its_name_goes_on_at_once(
    shared_bench: Bench,
) -> None:
    bench = shared_bench
    for number in (1, 2, 3):
        await bench.publish(chain(number=number))
        # Its leases, of half a minute, have not ended when the next begins.
        async with working(bench, name="a", lease_seconds=30.0):
            await eventually(bench.stored, partial(eq, list(range(1, number + 1))))


async def test_of_two_processes_of_one_name_the_later_has_the_products(shared_bench: Bench) -> None:
    bench = shared_bench
    async with working(bench, name="a") as earlier:
        await eventually(partial(_products, earlier), lambda held: len(held) == len(PRODUCTS))
        async with working(bench, name="a") as later:
            await eventually(partial(_products, later), lambda held: len(held) == len(PRODUCTS))
            await eventually(partial(_products, earlier), partial(eq, []))
            await bench.publish(chain(number=1))
            await eventually(bench.stored, partial(eq, [1]))
            assert list(later.products) == list(PRODUCTS)


async def test_a_drained_replica_leaves_nothing_in_hand(bench: Bench) -> None:
    await bench.publish(*(chain(number=number) for number in range(1, 101)))
    async with working(bench) as replica:
        await eventually(bench.enriched, bool)
        await replica.drain(seconds=5.0)
        done = await bench.enriched()
        assert await bench.stored() == done
        assert await bench.unfinished() == list(range(len(done) + 1, 101))
        assert await bench.bus.leases.present(GROUP, "asking", seconds=1.0) == ["asking"]


async def test_storage_that_is_away_does_not_hold_up_a_drain_for_long(bench: Bench) -> None:
    storage: Any = Gate(bench.storage)
    storage.close_gate()
    await bench.publish(chain(number=1))
    async with working(replace(bench, storage=storage)) as replica:
        await eventually(bench.enriched, bool)
        with capture_logs() as logs:
            async with asyncio.timeout(10.0):
                await replica.drain(seconds=0.2)
        assert await bench.holders() == {}
    assert [log["products"] for log in logs if log["event"] == "handed_over_unfinished"] == [
        ["NIFTY"]
    ]
    async with working(bench, name="b"):
        await eventually(bench.stored, lambda found: found == [1])


async def test_a_replica_that_was_frozen_publishes_nothing_late(shared_bench: Bench) -> None:
    bench = shared_bench
    gate = Gate(bench.bus)
    await bench.publish(chain(number=1))
    async with crashing(with_bus(bench, gate), "a") as (frozen, _):
        await eventually(bench.enriched, lambda found: found == [1])
        gate.close_gate()
        await bench.publish(*(chain(number=number) for number in range(2, 40)))
        async with crashing(bench, "b"):
            await eventually(bench.enriched, lambda found: found == list(range(1, 40)))
            published = await bench.bus.latest("enriched:option_chain:NIFTY", limit=100)
            with capture_logs() as logs:
                gate.open_gate()
                await eventually(lambda: shares(bench), lambda found: found == {"a": 3, "b": 2})
            await bench.publish(chain(number=40))
            await eventually(bench.stored, lambda found: found == list(range(1, 41)))
    assert "product_lost" in [log["event"] for log in logs]
    assert (await bench.bus.latest("enriched:option_chain:NIFTY", limit=100))[:39] == published
    assert frozen.products != []


async def take_away(bench: Bench, replica: Replica, product: str) -> None:
    """Give a product to somebody else, as if the time of its lease were over."""
    (lease,) = [lease for lease in replica._holdings.leases if lease.name == product]
    await bench.bus.leases.release([lease])
    assert await bench.bus.leases.acquire(GROUP, [product], "somebody", seconds=30.0)


@pytest.mark.parametrize("held_up", ["publish", "commit"])
async def test_what_was_under_way_when_the_lease_ended_has_no_effect(
    shared_bench: Bench, held_up: str
) -> None:
    bench = shared_bench
    gate = Gate(bench.bus, only=held_up)
    async with working(with_bus(bench, gate), name="a") as replica:
        await bench.publish(chain(number=1))
        await eventually(bench.unfinished, partial(eq, []))
        gate.close_gate()
        await bench.publish(chain(number=2))
        await eventually(gate.waiting, bool)
        await take_away(bench, replica, "NIFTY")
        gate.open_gate()
        await eventually(partial(_products, replica), lambda held: "NIFTY" not in held)
        await eventually(gate.waiting, partial(eq, 0))
        # What comes after it in the same hands has come to its end.
        await bench.publish(chain("SPY", number=1))
        await eventually(partial(bench.stored, "SPY"), partial(eq, [1]))
        await eventually(partial(bench.unfinished, SPY_CHAINS), partial(eq, []))
        assert await bench.unfinished() == [2]
        assert await bench.enriched() == ([1] if held_up == "publish" else [1, 2])
        assert await bench.stored() == await bench.enriched()


async def _products(replica: Replica) -> Sequence[str]:
    return replica.products


async def test_the_order_survives_many_crashes(shared_bench: Bench) -> None:
    bench, done = shared_bench, 0
    # A process that comes back under its name goes on at once, another after a second.
    for name in ("a", "a", "b", "b", "a"):
        for product in PRODUCTS:
            await bench.publish(*(chain(product, number=n) for n in range(done + 1, done + 21)))
        done += 20
        before = await _furthest(bench)
        async with crashing(bench, name):
            # It is in the middle of its work when it ends.
            await eventually(partial(_furthest, bench), partial(lt, before), seconds=20.0)
    async with crashing(bench, "c"):
        for product in PRODUCTS:
            everything = [*range(1, done + 1)]
            await eventually(partial(bench.stored, product), partial(eq, everything), seconds=20.0)
    for product in PRODUCTS:
        assert await bench.enriched(product) == [*range(1, done + 1)]
    assert await bench.letters() == []


async def _furthest(bench: Bench) -> int:
    """Return the greatest sequence of an enriched chain of any product."""
    subjects = [subject_of(SubjectKind.ENRICHED_CHAINS, product) for product in PRODUCTS]
    return max([await bench.bus.last_sequence(subject) for subject in subjects])


async def test_candles_go_on_in_another_replica_and_come_back(shared_bench: Bench) -> None:
    bench = shared_bench
    for number, name in enumerate(("a", "b", "a", "b"), start=1):
        await bench.bus.publish([entry(tick(10 * number))])
        async with crashing(bench, name) as (replica, _):
            await eventually(partial(stored, bench), partial(_counts, number))
            await replica.drain(seconds=5.0)
            assert replica.candles.dropped == {}
    assert _counts(4, await newest_told(bench))


async def test_one_replica_hands_a_product_over_and_gets_it_back(shared_bench: Bench) -> None:
    bench = shared_bench
    await bench.bus.publish([entry(tick(10))])
    async with crashing(bench, "b") as (keeper, _):
        await eventually(partial(stored, bench), partial(_counts, 1))
        for number in (2, 3):
            # "a" is dealt every other product, so NIFTY too.
            async with crashing(bench, "a") as (guest, _):
                await eventually(lambda: shares(bench), lambda found: found == {"a": 3, "b": 2})
                await bench.bus.publish([entry(tick(10 * number))])
                await eventually(partial(stored, bench), partial(_counts, 2 * number - 2))
                assert "NIFTY" in guest.products
                assert "NIFTY" not in keeper.candles.dropped
                await guest.drain(seconds=5.0)
            await eventually(lambda: shares(bench), lambda found: found == {"b": 5})
            await bench.bus.publish([entry(tick(10 * number + 5))])
            await eventually(partial(stored, bench), partial(_counts, 2 * number - 1))


def _counts(ticks: int, candles: Sequence[Candle]) -> bool:
    """Say whether the first minute has so many ticks and is still open."""
    return counts(candles, 1) == [(0, ticks, False, 0)]
