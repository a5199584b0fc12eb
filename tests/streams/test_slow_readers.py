"""What a reader gets who takes frames more slowly than the market makes them.

The reader takes them one by one from what serves the RPC: with gRPC in between, buffers would be
slow for it.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from tests.fixtures.eventually import eventually
from tests.streams.conftest import Serve, Served, Storage
from tests.streams.frames import CONFLATED, LOSSLESS, SECONDS
from tests.streams.streamed import (
    ENRICHED_CHAINS,
    ENRICHED_TICKS,
    FORGOTTEN,
    REMEMBERED,
    StreamedRpc,
)
from tests.streams.test_history import put, written_before

from deltastream.ports.bus import Entry
from deltastream.ports.store import Kind
from deltastream.runtime.background import running
from deltastream.runtime.errors import SlowConsumerError
from deltastream.runtime.streams import lossless
from deltastream.runtime.streams.recent import Recent

EVENTS = 400
_KINDS = {ENRICHED_TICKS.name: Kind.TICKS, ENRICHED_CHAINS.name: Kind.CHAINS}


class Reader:
    """Takes a frame when it is asked to."""

    def __init__(self, served: Served, frames: AsyncGenerator[Any, None]) -> None:
        self._served = served
        self._frames = frames

    async def next(self) -> Any:
        async with asyncio.timeout(SECONDS):
            return self._served.rpc.response.FromString(await anext(self._frames))

    async def until(self, kind: str) -> Any:
        while (frame := await self.next()).WhichOneof("frame") != kind:
            pass
        return frame

    async def numbers(self, count: int) -> list[int]:
        """Take frames until there are so many numbers, of all products."""
        numbers: list[int] = []
        while len(numbers) < count:
            numbers += self._served.rpc.sequences((await self.next()).batch)
        return numbers

    async def numbers_through(self, number: int) -> list[int]:
        """Take frames up to the one that has an event of this number; return all numbers."""
        found: list[int] = []
        while number not in found:
            found += self._served.rpc.sequences((await self.next()).batch)
        return found


@asynccontextmanager
async def reading(served: Served, delivery: int, *products: str) -> AsyncIterator[Reader]:
    """Open a stream, and take frames up to caught_up."""
    request = served.rpc.request(products=products or ["NIFTY"], delivery=delivery)
    async with aclosing(served.streaming.serve(request)) as frames:
        reader = Reader(served, frames)
        await reader.until("caught_up")
        yield reader


async def tell(served: Served, *events: int, product: str = "NIFTY") -> None:
    """Publish, and wait until the server has read it."""
    await served.publish(product, *events)
    await eventually(lambda: served.followed(product), lambda at: at == events[-1])


def forget(served: Served) -> None:
    """Let the server hold nothing for those who read every event, as if much had come."""
    _hold(served, Recent(most_bytes=1))


def remember(served: Served) -> None:
    """Let the server hold what comes from now on."""
    _hold(served, Recent())


def _hold(served: Served, recent: Recent) -> None:
    recent._end = served.streaming.hub.log.recent.end
    served.streaming.hub.log.recent = recent


async def test_a_conflated_reader_gets_the_newest_and_how_many_it_stands_for(
    served: Served,
) -> None:
    async with reading(served, CONFLATED) as reader:
        for number in range(1, 51):
            await tell(served, number)
        assert (await reader.next()).lagged.folded == 49
        assert served.rpc.sequences((await reader.next()).batch) == [50]
        await tell(served, 51)
        assert served.rpc.sequences((await reader.next()).batch) == [51]


async def test_a_lossless_reader_gets_every_event(served: Served) -> None:
    async with reading(served, LOSSLESS) as reader:
        await tell(served, *range(1, EVENTS + 1))
        assert await reader.numbers_through(EVENTS) == list(range(1, EVENTS + 1))


async def test_a_lossless_reader_whom_the_server_left_behind_reads_the_bus(
    served: Served,
) -> None:
    async with reading(served, LOSSLESS) as reader:
        forget(served)
        await tell(served, *range(1, EVENTS + 1))
        assert await reader.numbers_through(EVENTS) == list(range(1, EVENTS + 1))
        # It has caught up, and goes on with what the server holds.
        await tell(served, EVENTS + 1)
        assert await reader.numbers_through(EVENTS + 1) == [EVENTS + 1]


@pytest.fixture
def asked(served: Served, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What readers ask of the bus: the most entries of a product; 0 for what is held of all."""
    questions: list[int] = []
    tail, extents = served.bus.tail, served.bus.extents

    async def noted_tail(positions: Mapping[str, int], *, limit: int, wait: float) -> list[Entry]:
        # The server itself waits for what is new.
        if not wait:
            questions.append(limit)
        return await tail(positions, limit=limit, wait=wait)

    async def noted_extents(subjects: Any) -> Any:
        questions.append(0)
        return await extents(subjects)

    monkeypatch.setattr(served.bus, "tail", noted_tail)
    monkeypatch.setattr(served.bus, "extents", noted_extents)
    return questions


def noted(questions: list[int]) -> Callable[[], Awaitable[list[int]]]:
    async def read() -> list[int]:
        return list(questions)

    return read


async def test_who_was_left_behind_reads_more_of_the_bus_at_once_where_events_are_small(
    served: Served, asked: list[int]
) -> None:
    async with reading(served, LOSSLESS) as reader:
        forget(served)
        await tell(served, *range(1, EVENTS + 1))
        assert await reader.numbers_through(EVENTS) == list(range(1, EVENTS + 1))
    assert asked == [64, 0, 512, 0]


async def test_who_was_left_behind_holds_little_of_the_bus_at_once_where_events_are_large(
    served: Served, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lossless, "_BYTES", 1)
    async with reading(served, LOSSLESS) as reader:
        forget(served)
        await tell(served, *range(1, 68))
        assert await reader.numbers_through(67) == list(range(1, 68))
    # The last one the server has itself.
    assert asked == [64, 0, 1, 0, 1, 0]


async def test_who_comes_near_enough_reads_the_rest_from_the_server(
    served: Served, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lossless, "_MOST", 64)
    async with reading(served, LOSSLESS) as reader:
        forget(served)
        await tell(served, *range(1, 101))
        remember(served)
        await tell(served, *range(101, EVENTS + 1))
        assert await reader.numbers_through(EVENTS) == list(range(1, EVENTS + 1))
        assert asked == [64, 0, 64, 0]
        await tell(served, EVENTS + 1)
        assert await reader.numbers_through(EVENTS + 1) == [EVENTS + 1]
        assert asked == [64, 0, 64, 0]


async def test_of_whom_the_server_holds_nothing_the_bus_is_read_though_another_goes_on(
    served: Served, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lossless, "_MOST", 64)
    async with reading(served, LOSSLESS, "NIFTY", "SPY") as reader:
        await tell(served, *range(1, 101))
        remember(served)
        await tell(served, *range(1, 51), product="SPY")
        numbers = await reader.numbers(150)
    assert sorted(numbers) == sorted([*range(1, 101), *range(1, 51)])
    assert asked == [32, 0, 32, 0, 64, 0]


async def test_what_nobody_can_read_holds_up_no_reader(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lossless, "_MOST", 64)
    async with reading(served, LOSSLESS) as reader:
        forget(served)
        await tell(served, *range(1, 101))
        remember(served)
        await tell(served, *range(101, 151))
        subject = served.rpc.subject("NIFTY")
        await served.bus.publish([Entry(subject=subject, sequence=151, payload=b"\xff")])
        await tell(served, *range(152, 201))
        readable = [*range(1, 151), *range(152, 201)]
        assert await reader.numbers_through(200) == readable


async def test_of_much_that_nobody_can_read_all_is_passed_over_at_once(
    served: Served, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lossless, "_MOST", 64)
    async with reading(served, LOSSLESS) as reader:
        await tell(served, 1)
        assert await reader.numbers_through(1) == [1]
        forget(served)
        await tell(served, 2)
        remember(served)
        await tell(served, 3)
        subject = served.rpc.subject("NIFTY")
        unreadable = [Entry(subject=subject, sequence=n, payload=b"\xff") for n in range(4, 151)]
        await served.bus.publish(unreadable)
        await eventually(lambda: served.followed("NIFTY"), lambda at: at == 150)
        assert await reader.numbers_through(3) == [2, 3]

        async def goes_on() -> None:
            await reader.next()

        async with running(goes_on()):
            await eventually(noted(asked), lambda questions: questions == [64, 0] * 3)


async def test_what_was_taken_out_of_the_log_is_not_waited_for(
    served: Served, asked: list[int]
) -> None:
    async with reading(served, LOSSLESS) as reader:
        forget(served)
        await tell(served, 1, 2, 3)
        assert await served.bus.remove(served.rpc.subject("NIFTY"), [2, 3]) == 2
        assert await reader.numbers_through(1) == [1]
        frame = asyncio.create_task(reader.next())
        await eventually(noted(asked), lambda questions: questions == [64, 0, 512, 0])
        await tell(served, 4)
        assert served.rpc.sequences((await frame).batch) == [4]


async def test_what_the_bus_holds_of_all_products_is_asked_together(
    served: Served, asked: list[int]
) -> None:
    async with reading(served, LOSSLESS, "NIFTY", "SPY") as reader:
        forget(served)
        await tell(served, *range(1, 33), product="SPY")
        await tell(served, *range(1, 33))
        numbers = await reader.numbers(64)
    assert sorted(numbers) == sorted([*range(1, 33), *range(1, 33)])
    assert asked == [32, 0]


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "not begun"])
@pytest.mark.parametrize("rpc", FORGOTTEN, ids=str)
async def test_a_lossless_reader_whom_nobody_can_help_is_ended(
    served: Served, *, begun: bool
) -> None:
    async with reading(served, LOSSLESS) as reader:
        forget(served)
        await tell(served, *range(1, EVENTS + 1))
        if begun:
            await reader.next()
        await tell(served, *range(EVENTS + 1, 3 * EVENTS))
        await served.trim("NIFTY", keep=100)
        with pytest.raises(SlowConsumerError):
            await reader.numbers_through(3 * EVENTS - 1)


@pytest.mark.parametrize("rpc", REMEMBERED, ids=str)
async def test_a_lossless_reader_whom_trimming_overtook_reads_storage(
    rpc: StreamedRpc, serve: Serve, storage: Storage
) -> None:
    async with serve(storage=storage.stub) as served:
        await served.announce("NIFTY")
        async with reading(served, LOSSLESS) as reader:
            forget(served)
            await tell(served, *range(1, EVENTS + 1))
            begun = await reader.numbers_through(1)
            await put(storage.stub, rpc, "NIFTY", range(1, EVENTS + 1))
            await served.trim("NIFTY", keep=10)
            rest = await reader.numbers_through(EVENTS)
            assert begun + rest == list(range(1, EVENTS + 1))
            await tell(served, EVENTS + 1)
            assert await reader.numbers_through(EVENTS + 1) == [EVENTS + 1]


@pytest.mark.parametrize("rpc", REMEMBERED, ids=str)
async def test_a_lossless_reader_behind_what_storage_has_deleted_is_ended(
    rpc: StreamedRpc, serve: Serve, storage: Storage
) -> None:
    async with serve(storage=storage.stub) as served:
        await served.announce("NIFTY")
        async with reading(served, LOSSLESS) as reader:
            forget(served)
            await tell(served, *range(1, EVENTS + 1))
            await reader.next()
            await put(storage.stub, rpc, "NIFTY", range(1, EVENTS + 1))
            before = written_before(EVENTS - 20)
            await storage.store.prune(_KINDS[rpc.name], before=before, limit=10 * EVENTS)
            await served.trim("NIFTY", keep=10)
            with pytest.raises(SlowConsumerError):
                await reader.numbers_through(EVENTS)
