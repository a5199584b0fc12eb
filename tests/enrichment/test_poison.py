"""Events that cannot be handled become dead letters, and those behind them are on time."""

import asyncio
import sys
from dataclasses import replace
from functools import partial
from operator import eq
from pathlib import Path

import grpc
import pytest
from tests.enrichment.bench import NIFTY, RAW_CHAINS, Bench, working
from tests.enrichment.doomed_replica import STATUS
from tests.enrichment.faulty import Counting, with_bus
from tests.enrichment.poison import PoisonedEnricher, raise_anything
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import ROOT, environment
from tests.fixtures.storage_role import storage_role

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.tries import TRIES
from deltastream.runtime.catalog import Catalog
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


class EndOfProcessError(BaseException):
    """What nothing catches."""


def raise_end() -> None:
    raise EndOfProcessError


async def lives(bench: Bench, *sequences: int) -> int:
    """Run replicas until one outlives the events of some sequences; return how many did not."""
    deaths = 0
    while True:
        enricher = PoisonedEnricher(sequences, raise_end)
        try:
            async with working(bench, enricher=enricher):
                await eventually(bench.unfinished, partial(eq, []))
                return deaths
        except BaseExceptionGroup as group:
            assert group.subgroup(EndOfProcessError) is not None  # noqa: PT017 - of a group
            deaths += 1


async def test_an_event_is_tried_five_times_whatever_is_raised(bench: Bench) -> None:
    await bench.publish(*(chain(number=number) for number in range(1, 101)))
    enricher = PoisonedEnricher({50}, raise_anything)
    async with working(bench, enricher=enricher):
        await eventually(bench.unfinished, partial(eq, []))
    assert enricher.tries == TRIES == 5
    assert await bench.stored() == [n for n in range(1, 101) if n != 50]
    (letter,) = await bench.letters()
    assert (letter.subject, letter.event_sequence, letter.deliveries) == (RAW_CHAINS, 50, 5)
    assert letter.error == "ZeroDivisionError: float division by zero"
    assert letter.HasField("failed_at")
    assert letter.product == "NIFTY"
    (original,) = await bench.bus.tail({RAW_CHAINS: 49}, limit=1, wait=0.0)
    assert letter.payload == original.payload
    assert letter.payload_size == len(original.payload)


async def test_a_letter_appears_when_the_position_passes_the_event_and_not_before(
    bench: Bench,
) -> None:
    await bench.publish(chain(number=1), chain(number=2))
    async with grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        without_storage = replace(bench, storage=StorageServiceStub(nowhere))
        enricher = PoisonedEnricher({2}, raise_anything)
        async with working(without_storage, enricher=enricher):
            await eventually(bench.enriched, partial(eq, [1]))
    assert enricher.tries == TRIES
    assert await bench.letters() == []
    async with working(bench, enricher=PoisonedEnricher({2}, raise_anything)):
        await eventually(bench.unfinished, partial(eq, []))
    assert [letter.event_sequence for letter in await bench.letters()] == [2]


@pytest.mark.parametrize("poison", [1, 17, 40])
async def test_an_event_that_ends_the_process_is_given_up_and_no_other(
    bench: Bench, poison: int
) -> None:
    numbers = list(range(1, 41))
    await bench.publish(*(chain(number=number) for number in numbers))
    # Some more, where it stands behind others that have to be told from it: how many depends on
    # how far each life comes, and each comes further than the one before.
    assert TRIES <= await lives(bench, poison) <= TRIES + len(numbers)
    assert await bench.stored() == [number for number in numbers if number != poison]
    assert await bench.enriched() == await bench.stored()
    (letter,) = await bench.letters()
    assert letter.event_sequence == poison
    assert letter.deliveries == 5
    assert letter.error == "the process ended 5 times while it handled this event"


async def test_events_of_other_subjects_are_not_suspected_for_it(bench: Bench) -> None:
    # In the order of their names, the poisoned subject stands between the others.
    await Catalog(bench.bus).announce(
        [replace(NIFTY, symbol=symbol) for symbol in ("BANKNIFTY", "SPY")], sequence=2
    )
    await bench.publish(chain("BANKNIFTY", number=1), chain(number=2), chain("SPY", number=1))
    assert await lives(bench, 2) >= TRIES
    async with working(bench):
        for product in ("BANKNIFTY", "SPY"):
            await eventually(partial(bench.stored, product), partial(eq, [1]))
    assert {letter.product for letter in await bench.letters()} == {"NIFTY"}


async def test_an_event_that_comes_where_many_readers_have_ended_is_tried_all_the_same(
    bench: Bench,
) -> None:
    for _ in range(2 * TRIES):
        bus = Counting(bench.bus, "tail")
        async with working(with_bus(bench, bus)):
            # It has taken up what it holds, and found nothing there.
            await eventually(partial(bus.calls_with, RAW_CHAINS), bool)
    await bench.publish(chain(number=1000))
    async with working(bench):
        await eventually(bench.stored, partial(eq, [1000]))
    assert await bench.letters() == []


@pytest.mark.timeout(150)
async def test_a_real_process_that_an_event_ends_gives_it_up(
    redis_url: str, tmp_path: Path
) -> None:
    bus = open_bus(redis_url)
    await Catalog(bus).announce([NIFTY], sequence=1)
    async with storage_role(tmp_path) as (channel, store):
        bench = Bench(bus, StorageServiceStub(channel), store)
        await bench.publish(*(chain(number=number) for number in range(1, 6)))
        for _ in range(TRIES - 2):
            # As processes do that come no further.
            await bus.take_up(GROUP, [RAW_CHAINS])
        for _ in range(2):
            process = await start(redis_url, tmp_path, 1)
            async with asyncio.timeout(60):
                assert await process.wait() == STATUS
            assert await bench.letters() == []
        process = await start(redis_url, tmp_path, 1)
        await eventually(bench.stored, partial(eq, [2, 3, 4, 5]), seconds=60)
        await eventually(bench.unfinished, partial(eq, []))
        process.kill()
        await process.wait()
        (letter,) = await bench.letters()
        assert letter.event_sequence == 1
        assert await bench.enriched() == [2, 3, 4, 5]
    assert await bus.last_sequence(DEAD_LETTERS) == int(letter.id)
    await bus.close()


async def start(url: str, folder: Path, sequence: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.enrichment.doomed_replica",
        url,
        str(folder),
        str(sequence),
        env=environment(),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
    )
