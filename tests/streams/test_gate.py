"""Frames of many subscribers leave the event loop time for everything else."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from tests.fixtures.eventually import eventually
from tests.streams.conftest import Served
from tests.streams.frames import CONFLATED, LOSSLESS, POLICIES, SECONDS
from tests.streams.streamed import ENRICHED_CHAINS
from tests.streams.test_slow_readers import reading, tell

from deltastream.runtime.streams.followed_log import FollowedLog
from deltastream.runtime.streams.gate import Gate
from deltastream.stream.v1 import stream_pb2

GateT = TypeVar("GateT", bound=Gate)
AT_ONCE = 3
# All streams pass the gate of their hub in the same place.
of_one_rpc = pytest.mark.parametrize("rpc", [ENRICHED_CHAINS], ids=str, indirect=True)


class Rounds:
    """Counts the rounds of the event loop, from the first that it is asked about."""

    def __init__(self) -> None:
        self.number = 0
        self._next()

    def _next(self) -> None:
        self.number += 1
        asyncio.get_running_loop().call_soon(self._next)


async def test_each_round_admits_a_few_and_in_order() -> None:
    gate, rounds, admitted = Gate(at_once=AT_ONCE), Rounds(), list[tuple[int, int]]()

    async def go_through(number: int) -> None:
        await gate.admitted()
        admitted.append((number, rounds.number))

    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(go_through(number) for number in range(20)))

    assert [number for number, _ in admitted] == list(range(20))
    counts = [[at for _, at in admitted].count(one) for one in {at for _, at in admitted}]
    assert max(counts) == AT_ONCE
    assert len(counts) == 7


async def test_who_comes_alone_does_not_wait() -> None:
    gate, rounds = Gate(at_once=AT_ONCE), Rounds()
    for _ in range(5):
        begun = rounds.number
        await gate.admitted()
        assert rounds.number == begun
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_who_comes_while_others_wait_stands_behind_them() -> None:
    gate, admitted = Gate(at_once=1), list[str]()

    async def go_through(name: str) -> None:
        await gate.admitted()
        admitted.append(name)
        if name == "a":
            again.append(asyncio.create_task(go_through("a again")))

    again: list[asyncio.Task[None]] = []
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(go_through(name) for name in ("a", "b", "c", "d")))
        await asyncio.gather(*again)

    assert admitted == ["a", "b", "c", "d", "a again"]


async def test_who_is_cancelled_takes_nobodys_place() -> None:
    gate, rounds = Gate(at_once=1), Rounds()
    *leaving, last = (asyncio.create_task(gate.admitted()) for _ in range(50))
    await asyncio.sleep(0)
    for task in leaving:
        task.cancel()
    begun = rounds.number
    async with asyncio.timeout(SECONDS):
        await last

    assert rounds.number < begun + 10


@POLICIES
@of_one_rpc
async def test_what_comes_while_a_stream_waits_at_the_gate_is_in_its_frame(
    served: Served, delivery: int
) -> None:
    async with reading(served, delivery) as reader:
        with closed(served) as gate:
            asked = asyncio.create_task(reader.next())
            await tell(served, 1)
            await gate.reached()
            await tell(served, 2)
        frame = await asked
        if frame.WhichOneof("frame") == "lagged":
            frame = await reader.next()
        newest = served.rpc.sequences(frame.batch)[-1]
    assert newest == 2


@POLICIES
@of_one_rpc
async def test_of_a_log_that_has_begun_at_the_gate_nothing_comes_before_the_reset(
    served: Served, delivery: int
) -> None:
    async with reading(served, delivery) as reader:
        with closed(served) as gate:
            asked = asyncio.create_task(reader.next())
            await tell(served, 1)
            await gate.reached()
            await lose_the_log(served)
            await tell(served, 3)
        assert (await asked).reset.reason == stream_pb2.RESET_REASON_EPOCH_CHANGED


@of_one_rpc
async def test_of_another_log_nothing_comes_before_its_reset_even_while_one_is_told(
    served: Served,
) -> None:
    async with reading(served, CONFLATED) as reader:
        await lose_the_log(served)
        await tell(served, 3)
        await reader.until("reset")
        assert (await reader.next()).batch.snapshot
        # The stream has not been asked for what follows.
        await lose_the_log(served)
        await tell(served, 7)
        async with asyncio.timeout(SECONDS):
            while (frame := await reader.next()).WhichOneof("frame") != "reset":
                assert 7 not in served.rpc.sequences(frame.batch)


@pytest.mark.parametrize(
    ("delivery", "looks"), [(CONFLATED, 0), (LOSSLESS, 1)], ids=["conflated", "lossless"]
)
@of_one_rpc
async def test_a_stream_comes_to_the_gate_when_there_is_something_to_tell(
    served: Served, delivery: int, looks: int
) -> None:
    async with reading(served, delivery) as reader:
        await tell(served, 1)
        assert await reader.numbers(1) == [1]
        with gate_of(served, CountingGate()) as gate:
            asked = asyncio.create_task(reader.next())
            await rounds_of_the_loop(100)
            # LOSSLESS is rung for by what it has read without having waited for it.
            assert gate.admissions <= looks
            await tell(served, 2)
            assert served.rpc.sequences((await asked).batch) == [2]


async def rounds_of_the_loop(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def lose_the_log(served: Served) -> None:
    """Return when the hub follows the next one, which has the same products."""
    log = served.streaming.hub.log
    await served.bus.lose_everything()
    await eventually(lambda: other(served, log), bool)
    await served.announce("NIFTY", "SPY")


async def other(served: Served, log: FollowedLog) -> bool:
    return served.streaming.hub.log is not log


class ClosedGate(Gate):
    """Admits nobody."""

    def __init__(self) -> None:
        super().__init__(at_once=1)
        self._reached = asyncio.Event()
        self._opened = asyncio.Event()

    async def admitted(self) -> None:
        self._reached.set()
        await self._opened.wait()

    async def reached(self) -> None:
        """Return when somebody waits."""
        async with asyncio.timeout(SECONDS):
            await self._reached.wait()

    def open(self) -> None:
        self._opened.set()


class CountingGate(Gate):
    """Counts whom it admits."""

    def __init__(self) -> None:
        super().__init__(at_once=1)
        self.admissions = 0

    async def admitted(self) -> None:
        self.admissions += 1
        await super().admitted()


@contextmanager
def gate_of(served: Served, gate: GateT) -> Iterator[GateT]:
    """Put another gate in the place of a hub's, while the block runs."""
    hub = served.streaming.hub
    usual, hub.gate = hub.gate, gate
    try:
        yield gate
    finally:
        hub.gate = usual


@contextmanager
def closed(served: Served) -> Iterator[ClosedGate]:
    """Close the gate of a hub, and open it at the end."""
    with gate_of(served, ClosedGate()) as gate:
        try:
            yield gate
        finally:
            gate.open()
