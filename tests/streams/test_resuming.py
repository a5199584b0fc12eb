"""A token continues exactly after its frame, whichever frame that is."""

import random
from typing import Any

import pytest
from tests.fixtures.eventually import eventually
from tests.streams.conftest import Served
from tests.streams.frames import CONFLATED, LOSSLESS, kinds, numbers, through, until

EVENTS = 60
SEEDS = pytest.mark.parametrize("seed", range(3))


async def tell_and_read(served: Served, stream: Any, chance: random.Random) -> list[Any]:
    """Publish the events of two products in bursts of any length, and read as they come."""
    frames = await until(stream, "caught_up")
    number = 0
    while number < EVENTS:
        burst = range(number + 1, min(EVENTS, number + chance.randint(1, 12)) + 1)
        await served.bus.publish([served.rpc.entry(product_of(each), each) for each in burst])
        number = burst[-1]
        if chance.random() < 0.7:
            frames += await through(served, stream, number)
    if number not in numbers(served, frames):
        frames += await through(served, stream, number)
    return frames


def product_of(number: int) -> str:
    """Deal numbers out to two products, irregularly."""
    return "SPY" if number % 7 in {0, 2, 3} else "NIFTY"


def split(sequences: list[int]) -> dict[str, list[int]]:
    """Return the sequences of each product in the order in which they came."""
    return {
        product: [number for number in sequences if product_of(number) == product]
        for product in ("NIFTY", "SPY")
    }


EVERYTHING = split(list(range(1, EVENTS + 1)))


@SEEDS
async def test_a_lossless_reader_gets_every_event_once_wherever_it_was_cut(
    served: Served, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's choices
    stream = served.open(delivery=LOSSLESS)
    frames = await tell_and_read(served, stream, chance)
    stream.cancel()
    assert split(numbers(served, frames)) == EVERYTHING
    for cut in chance.sample(range(len(frames)), k=min(6, len(frames))):
        before = numbers(served, frames[: cut + 1])
        again = served.open(delivery=LOSSLESS, resume_token=frames[cut].resume_token)
        after = await until(again, "caught_up")
        again.cancel()
        assert "reset" not in kinds(after)
        assert split(before + numbers(served, after)) == EVERYTHING


@SEEDS
async def test_a_conflated_reader_gets_the_newest_and_the_number_of_the_others(
    served: Served, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's choices
    stream = served.open(delivery=CONFLATED)
    frames = await tell_and_read(served, stream, chance)
    stream.cancel()
    for cut in chance.sample(range(len(frames)), k=min(6, len(frames))):
        before = frames[: cut + 1]
        again = served.open(delivery=CONFLATED, resume_token=frames[cut].resume_token)
        after = await until(again, "caught_up")
        again.cancel()
        assert "reset" not in kinds(after)
        sequences = split(numbers(served, before + after))
        for product, every in EVERYTHING.items():
            assert sequences[product] == sorted(set(sequences[product]))
            assert sequences[product][-1] == every[-1]
        assert not any(frame.batch.snapshot for frame in after)
        folded = sum(frame.lagged.folded for frame in before + after)
        # What was folded into a frame that was never read is told again.
        assert len(numbers(served, before + after)) + folded == EVENTS + _told_in_vain(before)


def _told_in_vain(before: list[Any]) -> int:
    """Return what a last frame says to be folded into the one after it, which was not read."""
    return int(before[-1].lagged.folded)


async def test_a_reader_of_all_products_gets_the_first_events_of_one_that_came_meanwhile(
    served: Served,
) -> None:
    stream = served.open(delivery=LOSSLESS)
    (*_, caught_up) = await until(stream, "caught_up")
    stream.cancel()
    await served.announce("QQQ")
    await served.publish("QQQ", 1, 2, 3)
    await eventually(lambda: served.followed("QQQ"), lambda at: at == 3)
    again = served.open(delivery=LOSSLESS, resume_token=caught_up.resume_token)
    assert numbers(served, await through(served, again, 3)) == [1, 2, 3]


async def test_a_reader_that_names_one_product_more_gets_its_snapshot(served: Served) -> None:
    stream = served.open(products=["NIFTY"], delivery=LOSSLESS)
    (*_, caught_up) = await until(stream, "caught_up")
    stream.cancel()
    await served.publish("NIFTY", 1)
    await served.publish("SPY", 2, 3)
    await eventually(lambda: served.followed("SPY"), lambda at: at == 3)
    again = served.open(
        products=["NIFTY", "SPY"], delivery=LOSSLESS, resume_token=caught_up.resume_token
    )
    frames = await until(again, "caught_up")
    assert sorted(numbers(served, frames)) == [1, 3]
    assert [frame.batch.snapshot for frame in frames if frame.HasField("batch")] == [True, False]
