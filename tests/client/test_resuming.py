"""A stream outlives its connections: nothing missed, nothing twice, nothing kept quiet."""

import asyncio
import logging
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.client.scripted_mesh import (
    ChainCall,
    batch,
    candle,
    candles,
    caught_up,
    chain,
    client,
    go_away,
    heartbeat,
    reset,
    scripted_mesh,
    started,
)
from tests.fixtures.eventually import eventually

from deltastream.client.errors import CallError, EndedError, GaveUpError, MeshError
from deltastream.client.events import EventStream
from deltastream.client.frames import FrameStream, Gap
from deltastream.client.mesh import CONFLATED, LOSSLESS
from deltastream.client.rpc import CHAINS
from deltastream.enrichment.v1.enrichment_service_pb2 import StreamCandlesResponse
from deltastream.stream.v1.stream_pb2 import (
    RESET_REASON_EPOCH_CHANGED,
    RESET_REASON_TOKEN_TOO_OLD,
    Started,
)

SECONDS = 20.0
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


async def take(stream: EventStream[Any], count: int) -> list[int]:
    """Return the sequences of the next events."""
    async with asyncio.timeout(SECONDS):
        return [(await anext(stream)).sequence for _ in range(count)]


def place_asked_for(call: ChainCall) -> str:
    return call.request.resume_token


def place_of(stream: EventStream[Any] | FrameStream[Any]) -> str:
    return stream.token


async def handed_out(stream: EventStream[Any]) -> str:
    return stream.token


async def test_a_stream_asks_for_what_it_is_told() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains("NIFTY", "SPY", delivery=LOSSLESS, resume="t", heartbeat=2.5)
        reading = asyncio.create_task(take(stream, 1))
        call = await server.opened()
        assert list(call.request.products) == ["NIFTY", "SPY"]
        assert call.request.delivery == LOSSLESS
        assert place_asked_for(call) == "t"
        assert call.request.heartbeat_interval == Duration(seconds=2, nanos=500_000_000)
        call.send(batch(chain(7), after="t7"))
        assert await reading == [7]


async def test_a_stream_is_conflated_unless_it_is_told_otherwise() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 1))
        call = await server.opened()
        assert call.request.delivery == CONFLATED
        call.send(batch(chain(1), after="t1"))
        await reading


async def test_after_a_failure_it_goes_on_after_the_last_frame() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains()
        reading = asyncio.create_task(take(stream, 3))
        call = await server.opened()
        call.send(batch(chain(1), after="t1"), heartbeat("t2"))
        call.fail(UNAVAILABLE)
        again = await server.opened()
        assert place_asked_for(again) == "t2"
        again.send(batch(chain(2), chain(3), after="t3"))
        assert await reading == [1, 2, 3]


async def test_closed_by_another_task_it_ends_for_who_reads_it() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains()

        async def read_all() -> list[int]:
            return [event.sequence async for event in stream]

        reading = asyncio.create_task(read_all())
        call = await server.opened()
        call.send(batch(chain(1), after="t1"))
        await eventually(lambda: handed_out(stream), lambda place: place == "t1")
        async with asyncio.timeout(SECONDS):
            await asyncio.gather(stream.aclose(), stream.aclose())
            assert await reading == [1]
            await call.ended.wait()
        assert [event async for event in stream] == []


async def test_who_is_cancelled_while_it_is_closed_stays_cancelled() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains()
        reading = asyncio.create_task(take(stream, 1))
        await server.opened()
        closing = asyncio.create_task(stream.aclose())
        await asyncio.sleep(0)
        reading.cancel()
        async with asyncio.timeout(SECONDS):
            await closing
            with pytest.raises(asyncio.CancelledError):
                await reading


async def test_a_stream_that_was_opened_and_closed_hands_out_nothing() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.frames(CHAINS)
        opening = asyncio.create_task(stream.open())
        await server.opened()
        async with asyncio.timeout(SECONDS):
            await opening
            await stream.aclose()
            assert [frame async for frame in stream] == []


async def test_it_outlives_a_server_that_is_stopped_and_started_again() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains()
        reading = asyncio.create_task(take(stream, 2))
        (await server.opened()).send(batch(chain(1), after="t1"))
        await eventually(lambda: handed_out(stream), lambda place: place == "t1")
        await server.stop()
        await server.start()
        again = await server.opened()
        assert place_asked_for(again) == "t1"
        again.send(batch(chain(2), after="t2"))
        assert await reading == [1, 2]


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    ],
)
async def test_what_may_pass_is_tried_again(code: grpc.StatusCode) -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 1))
        (await server.call()).fail(code)
        (await server.opened()).send(batch(chain(1), after="t1"))
        assert await reading == [1]


async def test_a_stream_that_just_ends_is_opened_again() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 2))
        call = await server.opened()
        call.send(batch(chain(1), after="t1"))
        call.end()
        (await server.opened()).send(batch(chain(2), after="t2"))
        assert await reading == [1, 2]


async def test_before_the_first_events_there_is_nothing_to_go_on_from() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 1))
        (await server.opened()).fail(UNAVAILABLE)
        again = await server.opened()
        assert place_asked_for(again) == ""
        again.send(batch(chain(1), after="t1"))
        await reading


async def test_go_away_is_followed_after_the_pause_it_asks_for() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 2))
        call = await server.opened()
        call.send(batch(chain(1), after="t1"), go_away("t2", seconds=0.3))
        call.end()
        asked = asyncio.get_running_loop().time()
        again = await server.opened()
        assert asyncio.get_running_loop().time() - asked >= 0.25
        assert place_asked_for(again) == "t2"
        again.send(batch(chain(2), after="t3"))
        assert await reading == [1, 2]


async def test_a_frame_that_is_missing_is_asked_for_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    gaps: list[Gap] = []
    async with scripted_mesh() as server, client(server, on_gap=gaps.append) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 3))
        call = await server.opened()
        call.send(batch(chain(1), after="t1"), batch(chain(3), after="t3", sequence=4))
        again = await server.opened()
        assert place_asked_for(again) == "t1"
        async with asyncio.timeout(SECONDS):
            await call.ended.wait()
        again.send(batch(chain(2), after="t2"), batch(chain(3), after="t3"))
        assert await reading == [1, 2, 3]
    assert gaps == []
    assert "frame 4 of enrichment.StreamChains came after 2" in caplog.text


@pytest.mark.parametrize("late", [2, 1])
async def test_an_event_that_goes_back_is_never_handed_out(late: int) -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 4))
        call = await server.opened()
        call.send(batch(chain(1), chain(2), after="t2"))
        call.send(batch(chain(3, "SPY"), chain(late), after="wrong"))
        again = await server.opened()
        assert place_asked_for(again) == "t2"
        again.send(batch(chain(3, "SPY"), chain(4), after="t4"))
        assert await reading == [1, 2, 3, 4]


async def test_what_a_new_connection_repeats_is_never_handed_out() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 3))
        call = await server.opened()
        call.send(batch(chain(1), chain(2), after="t2"))
        call.fail(UNAVAILABLE)
        (await server.opened()).send(batch(chain(2), chain(3), after="t3"))
        again = await server.opened()
        assert place_asked_for(again) == "t2"
        again.send(batch(chain(3), after="t3"))
        assert await reading == [1, 2, 3]


async def test_a_stream_that_does_not_start_with_started_is_none() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 1))
        (await server.call()).send(batch(chain(1), after="t1"))
        (await server.opened()).send(batch(chain(2), after="t2"))
        assert await reading == [2]


async def test_silence_beyond_two_heartbeats_is_a_dead_connection() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 2))
        call = await server.call()
        call.send(started(heartbeat=Duration(nanos=10_000_000)), batch(chain(1), after="t1"))
        began = asyncio.get_running_loop().time()
        again = await server.opened()
        assert 0.5 < asyncio.get_running_loop().time() - began < 8.0
        assert place_asked_for(again) == "t1"
        async with asyncio.timeout(SECONDS):
            await call.ended.wait()
        again.send(batch(chain(2), after="t2"))
        assert await reading == [1, 2]


async def test_heartbeats_keep_a_quiet_stream_open() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        frames = mesh.frames(CHAINS)
        reading = asyncio.create_task(anext(frames))
        call = await server.call()
        call.send(started(heartbeat=Duration(nanos=300_000_000)))
        await reading
        # Longer together than the silence that is allowed, each shorter.
        for number in range(3):
            await asyncio.sleep(0.6)
            call.send(heartbeat(f"t{number}"))
            await anext(frames)
            assert place_of(frames) == f"t{number}"
        assert server.enrichment.chains.count == 1


async def test_a_reset_is_a_gap_and_what_was_had_already_does_not_come_again() -> None:
    gaps: list[Gap] = []
    async with scripted_mesh() as server, client(server, on_gap=gaps.append) as mesh:
        stream = mesh.chains()
        reading = asyncio.create_task(take(stream, 3))
        call = await server.opened()
        call.send(batch(chain(1, "SPY"), chain(5), after="t5"))
        call.fail(UNAVAILABLE)
        again = await server.opened()
        again.send(
            reset(RESET_REASON_TOKEN_TOO_OLD),
            batch(chain(1, "SPY"), after="s1", snapshot=True),
            batch(chain(9, expiry="B"), chain(8, expiry="A"), after="s9", snapshot=True),
            caught_up("c9"),
        )
        assert await reading == [1, 5, 9]
        assert place_of(stream) == "s1"
        assert await take(stream, 1) == [8]
        assert place_of(stream) == "s9"
    assert gaps == [
        Gap(stream="enrichment.StreamChains", reason="TOKEN_TOO_OLD", last={"SPY": 1, "NIFTY": 5})
    ]


async def test_another_event_log_counts_from_its_own_beginning() -> None:
    gaps: list[Gap] = []
    async with scripted_mesh() as server, client(server, on_gap=gaps.append) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 3))
        call = await server.opened(epoch="old")
        call.send(batch(chain(500), after="t500"))
        call.fail(UNAVAILABLE)
        again = await server.opened(epoch="new")
        again.send(
            reset(RESET_REASON_EPOCH_CHANGED),
            batch(chain(1), after="n1", snapshot=True),
            batch(chain(2), after="n2"),
        )
        assert await reading == [500, 1, 2]
    assert [(gap.reason, gap.last) for gap in gaps] == [("EPOCH_CHANGED", {"NIFTY": 500})]


async def test_another_event_log_that_begins_within_a_stream_does_so_too() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 4))
        call = await server.opened(epoch="old")
        call.send(
            batch(chain(500), after="t500"),
            reset(RESET_REASON_EPOCH_CHANGED),
            batch(chain(1), after="n1", snapshot=True),
            batch(chain(2), after="n2"),
        )
        call.fail(UNAVAILABLE)
        again = await server.opened(epoch="new")
        # It is the log that the first connection went over to: what was had of it is known.
        again.send(
            reset(RESET_REASON_TOKEN_TOO_OLD),
            batch(chain(2), after="n2", snapshot=True),
            batch(chain(3), after="n3"),
        )
        assert await reading == [500, 1, 2, 3]


async def test_a_stream_that_breaks_after_a_reset_asks_for_a_snapshot() -> None:
    gaps: list[Gap] = []
    async with scripted_mesh() as server, client(server, on_gap=gaps.append) as mesh:
        reading = asyncio.create_task(take(mesh.chains(resume="ancient"), 1))
        call = await server.opened()
        call.send(reset(RESET_REASON_TOKEN_TOO_OLD))
        call.fail(UNAVAILABLE)
        again = await server.opened()
        assert place_asked_for(again) == ""
        again.send(batch(chain(1), after="t1", snapshot=True))
        await reading
    assert len(gaps) == 1


async def test_what_on_gap_raises_comes_out_of_the_iteration() -> None:
    def refuse(gap: Gap) -> None:
        raise LookupError(gap.reason)

    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(on_gap=refuse), 1))
        (await server.opened()).send(reset(RESET_REASON_TOKEN_TOO_OLD))
        with pytest.raises(LookupError, match="TOKEN_TOO_OLD"):
            await reading


async def test_the_token_of_a_group_is_that_before_it_until_its_last_event() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains(resume="t0")
        reading = asyncio.create_task(take(stream, 1))
        (await server.opened()).send(
            batch(chain(1), chain(2), after="t2"), batch(chain(3), after="t3")
        )
        await reading
        tokens = [stream.token]
        for _ in range(2):
            await take(stream, 1)
            tokens.append(stream.token)
        assert tokens == ["t0", "t2", "t3"]


async def test_candles_come_as_they_are_for_they_have_no_number() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.candles("NIFTY", windows=(1, 5))
        reading = asyncio.create_task(anext(stream))
        call = await server.enrichment.candles.call()
        assert list(call.request.window_minutes) == [1, 5]
        call.send(StreamCandlesResponse(started=Started(epoch="e")))
        call.send(candles(candle(60), candle(60), after="c1"))
        first = await reading
        assert (await anext(stream)) == first


async def test_it_gives_up_when_the_trouble_has_lasted_too_long() -> None:
    async with scripted_mesh() as server:
        await server.stop()
        async with client(server, give_up_after=0.3) as mesh, asyncio.timeout(SECONDS):
            with pytest.raises(GaveUpError) as caught:
                await anext(mesh.chains())
        assert isinstance(caught.value.__cause__, MeshError)


async def test_a_stream_that_does_not_last_is_still_trouble() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains(give_up_after=0.3)
        reading = asyncio.create_task(take(stream, 1))
        while not reading.done():
            try:
                async with asyncio.timeout(1.5):
                    call = await server.opened()
            except TimeoutError:
                break
            call.fail(UNAVAILABLE)
        with pytest.raises(GaveUpError):
            await reading


async def test_trouble_that_is_over_is_forgotten() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains(give_up_after=0.5)
        reading = asyncio.create_task(take(stream, 4))
        for number in range(1, 5):
            call = await server.opened()
            call.send(batch(chain(number), after=f"t{number}"))
            await asyncio.sleep(0.2)
            call.fail(UNAVAILABLE)
        assert await reading == [1, 2, 3, 4]


async def test_to_open_is_to_fail_at_once() -> None:
    async with scripted_mesh() as server:
        await server.stop()
        async with client(server) as mesh, asyncio.timeout(SECONDS):
            with pytest.raises(CallError) as caught:
                await mesh.chains().open()
    assert caught.value.code is UNAVAILABLE


async def test_to_open_what_ends_at_once_is_a_failure_too() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        opening = asyncio.create_task(mesh.chains().open())
        (await server.call()).end()
        with pytest.raises(EndedError):
            await opening


async def test_what_was_opened_loses_nothing() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains()
        opening = asyncio.create_task(stream.open())
        call = await server.opened()
        await opening
        call.send(batch(chain(1), after="t1"))
        assert await take(stream, 1) == [1]


async def test_who_stops_waiting_may_ask_again() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.chains()
        reading = asyncio.create_task(take(stream, 1))
        (await server.opened()).send(batch(chain(1), after="t1"))
        await reading
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream), 0.05)
        reading = asyncio.create_task(take(stream, 1))
        again = await server.opened()
        assert place_asked_for(again) == "t1"
        again.send(batch(chain(2), after="t2"))
        assert await reading == [2]


async def test_leaving_the_loop_ends_the_call() -> None:
    async with scripted_mesh() as server, client(server) as mesh:

        async def read_one() -> int:
            async for event in mesh.chains():
                return event.sequence
            return 0

        reading = asyncio.create_task(read_one())
        call = await server.opened()
        call.send(batch(chain(1), after="t1"))
        assert await reading == 1
        async with asyncio.timeout(SECONDS):
            await call.ended.wait()


async def test_closing_a_stream_ends_the_call_and_the_iteration() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        async with mesh.chains() as stream:
            reading = asyncio.create_task(take(stream, 1))
            call = await server.opened()
            call.send(batch(chain(1), after="t1"))
            await reading
        async with asyncio.timeout(SECONDS):
            await call.ended.wait()
        assert [event async for event in stream] == []


async def test_a_cancelled_reader_ends_its_call() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        reading = asyncio.create_task(take(mesh.chains(), 1))
        call = await server.opened()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        async with asyncio.timeout(SECONDS):
            await call.ended.wait()
