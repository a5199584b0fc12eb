"""The log as a stream: the protocol of deltastream.stream.v1, for one log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from tests.logs.entries import NOON, SettableClock, entry
from tests.logs.served import SECONDS, Served, serving_logs

from deltastream.logs.tail import Tail
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.streams.token import Position, write_token
from deltastream.stream.v1 import stream_pb2

OF_MARKETS = write_token(Position("01KFX3Q2", {"NIFTY": 1}))
OF_THE_FUTURE = write_token(Position("logs", {"log": 1 << 63}))


class Reader:
    """Reads one stream, and sees that its frames are numbered."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self.token = ""
        self._read = 0

    async def next(self) -> pb.TailLogsResponse:
        """Return the next frame; there must be one in time."""
        async with asyncio.timeout(SECONDS):
            frame: pb.TailLogsResponse = await self._call.read()
        self._read += 1
        assert frame.sequence == self._read
        assert frame.resume_token
        self.token = frame.resume_token
        return frame

    async def kinds(self, count: int) -> list[str | None]:
        """Return what the next frames are."""
        return [(await self.next()).WhichOneof("frame") for _ in range(count)]

    async def events(self, count: int) -> list[str]:
        """Return so many events, of as many frames as they take."""
        found: list[str] = []
        while len(found) < count:
            frame = await self.next()
            assert not frame.batch.snapshot
            found += [record.event for record in frame.batch.logs]
        return found


@asynccontextmanager
async def reading(served: Served, **fields: Any) -> AsyncIterator[Reader]:
    """Open a stream while the block runs."""
    call = served.stub.TailLogs(pb.TailLogsRequest(**fields))
    try:
        yield Reader(call)
    finally:
        call.cancel()


async def test_it_starts_catches_up_and_streams_what_comes(served: Served) -> None:
    await served.write("before")
    async with reading(served) as reader:
        started = await reader.next()
        assert started.started.delivery == stream_pb2.DELIVERY_POLICY_LOSSLESS
        assert started.started.heartbeat_interval == Duration(seconds=5)
        assert await reader.kinds(1) == ["caught_up"]
        for number in range(3):
            await served.write(str(number))
        assert await reader.events(3) == ["0", "1", "2"]


async def test_a_snapshot_has_the_newest_and_is_marked(served: Served) -> None:
    for number in range(5):
        await served.write(str(number))
    async with reading(served, backlog=2) as reader:
        assert await reader.kinds(1) == ["started"]
        snapshot = (await reader.next()).batch
        assert ([r.event for r in snapshot.logs], snapshot.snapshot) == (["3", "4"], True)
        assert await reader.kinds(1) == ["caught_up"]


async def test_a_token_goes_on_exactly_after_its_frame(served: Served) -> None:
    async with reading(served) as reader:
        await reader.kinds(2)
        await served.write("one")
        assert await reader.events(1) == ["one"]
    for event in ("two", "three"):
        await served.write(event)
    # No snapshot comes where there is nothing to make up for.
    async with reading(served, resume_token=reader.token, backlog=10) as again:
        assert await again.kinds(1) == ["started"]
        assert await again.events(2) == ["two", "three"]
        assert await again.kinds(1) == ["caught_up"]


async def test_a_filter_passes_over_the_rest_and_the_token_with_it(served: Served) -> None:
    wanted: dict[str, Any] = {"services": ["feed", "edge"], "level": pb.LOG_LEVEL_ERROR}
    async with reading(served, **wanted, heartbeat_interval=Duration(seconds=1)) as reader:
        await reader.kinds(2)
        await served.write("no", service="storage", level="error")
        await served.write("no", service="feed", level="warning")
        await served.write("yes", service="edge", level="critical")
        assert await reader.events(1) == ["yes"]
        await served.write("no", service="storage")
        assert await reader.kinds(1) == ["heartbeat"]
    async with reading(served, resume_token=reader.token) as again:
        assert await again.kinds(2) == ["started", "caught_up"]


async def test_heartbeats_come_in_silence_alone_and_say_how_old_the_newest_is(
    served: Served,
) -> None:
    async with reading(served, heartbeat_interval=Duration(seconds=1)) as reader:
        await reader.kinds(2)
        silent = (await reader.next()).heartbeat
        assert not silent.HasField("last_event_at")
        await served.write("something", timestamp=to_timestamp(NOON))
        await reader.events(1)
        assert (await reader.next()).heartbeat.last_event_at == to_timestamp(NOON)


@pytest.mark.parametrize("token", ["nonsense", OF_MARKETS, OF_THE_FUTURE])
async def test_a_token_of_another_stream_is_answered_by_a_reset(served: Served, token: str) -> None:
    await served.write("here")
    async with reading(served, resume_token=token, backlog=5) as reader:
        assert await reader.kinds(1) == ["started"]
        assert (await reader.next()).reset.reason == stream_pb2.RESET_REASON_TOKEN_INVALID
        assert await reader.kinds(2) == ["batch", "caught_up"]


async def test_a_reader_behind_what_is_kept_is_told_and_shown_the_newest(
    served: Served, clock: SettableClock
) -> None:
    async with reading(served) as reader:
        await reader.kinds(2)
    for event in ("gone", "newest"):
        await served.write(event)
        clock.pass_by(seconds=1)
    await served.store.prune(before=clock(), limit=1)
    async with reading(served, resume_token=reader.token, backlog=5) as again:
        assert await again.kinds(1) == ["started"]
        reset = (await again.next()).reset
        assert reset.reason == stream_pb2.RESET_REASON_TOKEN_TOO_OLD
        snapshot = (await again.next()).batch
        assert ([r.event for r in snapshot.logs], snapshot.snapshot) == (["newest"], True)
        assert await again.kinds(1) == ["caught_up"]
        await served.write("after")
        assert await again.events(1) == ["after"]


async def test_a_reader_that_does_not_read_costs_nothing_and_delays_nobody(
    served: Served,
) -> None:
    text = "x" * 10_000
    async with reading(served) as slow, reading(served) as good:
        await slow.kinds(2)
        await good.kinds(2)
        for number in range(40):
            entries = [pb.LogEntry(event=f"{number}-{i}", fields={"t": text}) for i in range(10)]
            await served.ingest(pb.IngestRequest(service="feed", entries=entries))
            assert len(await good.events(10)) == 10
        # It reads on from the store, and misses nothing.
        assert (await slow.events(400))[-1] == "39-9"


async def test_what_another_process_writes_comes_too(tmp_path: Path, clock: SettableClock) -> None:
    url = f"sqlite:{tmp_path / 'logs.db'}"
    async with (
        serving_logs(url, clock=clock) as served,
        serving_logs(url, clock=clock) as other,
        reading(served) as reader,
    ):
        await reader.kinds(2)
        await other.write("from beside")
        assert await reader.events(1) == ["from beside"]


async def test_a_role_that_ends_says_goodbye(served: Served) -> None:
    async with reading(served) as reader:
        await reader.kinds(2)
        served.keeper.drain()
        goodbye = (await reader.next()).go_away
        assert goodbye.reason == stream_pb2.GO_AWAY_REASON_DRAINING


class Interrupted:
    """A store to which something is written in the midst of a question, asked so often."""

    def __init__(self, served: Served, *, question: str, asked: int) -> None:
        self._served = served
        self._question = question
        self._left = asked

    def __getattr__(self, name: str) -> Any:
        answering = getattr(self._served.store, name)
        if name != self._question:
            return answering

        async def answer(*values: Any, **named: Any) -> Any:
            self._left -= 1
            before = await answering(*values, **named) if name == "read" else None
            if self._left == 0:
                await self._served.keeper.keep([entry("between")])
            return before or await answering(*values, **named)

        return answer


@pytest.mark.parametrize(("question", "asked"), [("read", 2), ("query", 1)])
async def test_a_record_that_comes_in_between_is_sent_once_and_at_once(
    served: Served, monkeypatch: pytest.MonkeyPatch, question: str, asked: int
) -> None:
    # Nobody looks by himself.
    monkeypatch.setattr("deltastream.logs.tail._LOOK_SECONDS", 60.0)
    await served.write("before")
    store: Any = Interrupted(served, question=question, asked=asked)
    tail = Tail(pb.TailLogsRequest(backlog=5), store=store, keeper=served.keeper)
    found: list[str] = []
    async with aclosing(tail.frames()) as frames, asyncio.timeout(SECONDS):
        async for frame in frames:
            found += [record.event for record in frame.batch.logs]
            if frame.batch.logs and found == ["before", "between"]:
                await served.write("after")
            elif "after" in found:
                break
    assert found == ["before", "between", "after"]
