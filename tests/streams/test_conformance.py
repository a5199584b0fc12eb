"""The protocol of deltastream.stream.v1, as every streaming RPC speaks it."""

import asyncio
import math
import time
from datetime import UTC
from itertools import count
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import reason_of
from tests.streams.conftest import Serve, Served
from tests.streams.frames import (
    CONFLATED,
    LOSSLESS,
    POLICIES,
    collect,
    ended,
    kinds,
    next_frame,
    numbers,
    through,
    until,
)

from deltastream.market.v1 import session_pb2
from deltastream.runtime.background import running
from deltastream.runtime.streams.token import Position, read_token, write_token
from deltastream.stream.v1 import stream_pb2


@POLICIES
async def test_a_stream_opens_with_started_snapshot_and_caught_up(
    served: Served, delivery: int
) -> None:
    await served.publish("NIFTY", 1, 2)
    await eventually(lambda: served.followed("NIFTY"), lambda at: at == 2)
    stream = served.open(products=["NIFTY"], delivery=delivery)
    frames = await until(stream, "caught_up")
    assert kinds(frames) == ["started", "batch", "caught_up"]
    started, snapshot, _ = frames
    assert started.started.delivery == delivery
    assert started.started.heartbeat_interval.seconds == 5
    assert snapshot.batch.snapshot
    assert served.rpc.sequences(snapshot.batch) == [2]


async def test_a_stream_without_events_opens_without_a_snapshot(served: Served) -> None:
    assert kinds(await until(served.open(), "caught_up")) == ["started", "caught_up"]


@POLICIES
async def test_caught_up_is_said_once_and_only_the_snapshot_is_marked(
    served: Served, delivery: int
) -> None:
    await served.publish("NIFTY", 1)
    stream = served.open(products=["NIFTY"], delivery=delivery)
    frames = await until(stream, "caught_up")
    for number in range(2, 6):
        await served.publish("NIFTY", number)
        frames += await through(served, stream, number)
    assert kinds(frames).count("caught_up") == 1
    at = kinds(frames).index("caught_up")
    assert not any(frame.batch.snapshot for frame in frames[at:])


@POLICIES
async def test_every_frame_has_a_token_of_the_epoch_that_was_started(
    served: Served, delivery: int
) -> None:
    stream = served.open(
        products=["NIFTY"], delivery=delivery, heartbeat_interval=Duration(seconds=1)
    )
    frames = await until(stream, "caught_up")
    await served.publish("NIFTY", 1)
    frames += await until(stream, "heartbeat")
    served.drain()
    frames += await until(stream, "go_away")
    tokens = [read_token(frame.resume_token) for frame in frames]
    assert {token.epoch if token else None for token in tokens} == {frames[0].started.epoch}


async def test_one_unknown_product_does_not_end_the_stream(served: Served) -> None:
    stream = served.open(products=["NIFTY", "NOSUCH"])
    (started, *_) = await until(stream, "caught_up")
    outcomes = {s.product: s.outcome for s in started.started.subscriptions}
    assert outcomes == {
        "NIFTY": stream_pb2.SUBSCRIPTION_OUTCOME_OK,
        "NOSUCH": stream_pb2.SUBSCRIPTION_OUTCOME_UNKNOWN,
    }
    await served.publish("NIFTY", 1)
    assert (await collect(served, stream, 1))[0] == [1]


async def test_an_empty_request_means_all_products(served: Served) -> None:
    stream = served.open()
    await until(stream, "caught_up")
    await served.publish("NIFTY", 1)
    await served.publish("SPY", 2)
    assert sorted((await collect(served, stream, 2))[0]) == [1, 2]


async def test_only_the_requested_products_are_sent(served: Served) -> None:
    stream = served.open(products=["SPY"])
    await until(stream, "caught_up")
    await served.publish("NIFTY", 1)
    await served.publish("SPY", 2)
    assert (await collect(served, stream, 1))[0] == [2]


async def test_a_product_that_appears_later_is_delivered(served: Served) -> None:
    stream = served.open(delivery=LOSSLESS)
    await until(stream, "caught_up")
    await served.announce("QQQ")
    await served.publish("QQQ", 7)
    assert (await collect(served, stream, 1))[0] == [7]


async def test_a_product_that_appears_late_is_delivered_from_its_first_event(
    served: Served,
) -> None:
    stream = served.open(delivery=LOSSLESS)
    await until(stream, "caught_up")
    # More than the server looks at when it meets a product.
    await served.publish("QQQ", *range(1, 101))
    await served.announce("QQQ")
    assert (await collect(served, stream, 100))[0] == list(range(1, 101))


@POLICIES
async def test_frames_are_numbered_without_gaps(served: Served, delivery: int) -> None:
    stream = served.open(delivery=delivery)
    frames = await until(stream, "caught_up")
    for number in range(1, 4):
        await served.publish("NIFTY", number)
        frames += await until(stream, "batch")
    assert [frame.sequence for frame in frames] == list(range(1, len(frames) + 1))


async def test_lossless_delivers_every_event_in_order(served: Served) -> None:
    stream = served.open(products=["NIFTY"], delivery=LOSSLESS)
    await until(stream, "caught_up")
    numbers = list(range(1, 501))
    for begin in range(0, 500, 100):
        await served.publish("NIFTY", *numbers[begin : begin + 100])
    assert (await collect(served, stream, 500))[0] == numbers


async def test_conflated_ends_with_the_newest_and_counts_what_it_folded(served: Served) -> None:
    stream = served.open(products=["NIFTY"], delivery=CONFLATED)
    await until(stream, "caught_up")
    await served.publish("NIFTY", *range(1, 401))
    sequences: list[int] = []
    folded = 0
    while not sequences or sequences[-1] != 400:
        frame = await next_frame(stream)
        folded += frame.lagged.folded
        sequences += served.rpc.sequences(frame.batch)
    assert sequences == sorted(set(sequences))
    assert len(sequences) + folded == 400


@POLICIES
async def test_a_token_continues_exactly_after_its_frame(served: Served, delivery: int) -> None:
    stream = served.open(products=["NIFTY"], delivery=delivery)
    await until(stream, "caught_up")
    await served.publish("NIFTY", 1)
    _, frame = await collect(served, stream, 1)
    stream.cancel()
    await served.publish("NIFTY", 2)
    again = served.open(products=["NIFTY"], delivery=delivery, resume_token=frame.resume_token)
    sequences, batch = await collect(served, again, 1)
    assert sequences == [2]
    assert not batch.batch.snapshot


async def test_a_lossless_token_misses_nothing_while_away(served: Served) -> None:
    stream = served.open(products=["NIFTY"], delivery=LOSSLESS)
    (*_, caught_up) = await until(stream, "caught_up")
    stream.cancel()
    await served.publish("NIFTY", *range(1, 201))
    again = served.open(products=["NIFTY"], delivery=LOSSLESS, resume_token=caught_up.resume_token)
    assert (await collect(served, again, 200))[0] == list(range(1, 201))


async def test_a_token_survives_a_restart_of_the_server(serve: Serve) -> None:
    async with serve() as before:
        await before.announce("NIFTY")
        stream = before.open(products=["NIFTY"], delivery=LOSSLESS)
        await until(stream, "caught_up")
        await before.publish("NIFTY", 1)
        _, frame = await collect(before, stream, 1)
        stream.cancel()
    async with serve() as after:
        await after.publish("NIFTY", 2)
        again = after.open(products=["NIFTY"], delivery=LOSSLESS, resume_token=frame.resume_token)
        assert (await collect(after, again, 1))[0] == [2]


async def test_a_token_whose_events_were_trimmed_is_answered_with_a_reset(served: Served) -> None:
    stream = served.open(products=["NIFTY"])
    await until(stream, "caught_up")
    await served.publish("NIFTY", 1)
    _, frame = await collect(served, stream, 1)
    await served.publish("NIFTY", 2, 3)
    await collect(served, stream, 1)
    await served.bus.trim(served.rpc.entry("NIFTY", 1).subject, keep=1)
    again = served.open(products=["NIFTY"], resume_token=frame.resume_token)
    frames = await until(again, "caught_up")
    assert kinds(frames) == ["started", "reset", "batch", "caught_up"]
    assert frames[1].reset.reason == stream_pb2.RESET_REASON_TOKEN_TOO_OLD
    assert frames[2].batch.snapshot


async def test_a_token_that_is_none_is_answered_with_a_reset(served: Served) -> None:
    stream = served.open(resume_token="no token")  # noqa: S106 - nor is it a password
    frames = await until(stream, "caught_up")
    assert frames[1].reset.reason == stream_pb2.RESET_REASON_TOKEN_INVALID


async def test_a_token_of_another_event_log_is_answered_with_a_reset(served: Served) -> None:
    token = write_token(Position("another epoch", {"NIFTY": 1}))
    frames = await until(served.open(resume_token=token), "caught_up")
    assert frames[1].reset.reason == stream_pb2.RESET_REASON_EPOCH_CHANGED


async def test_silence_is_filled_with_heartbeats(served: Served) -> None:
    stream = served.open(products=["NIFTY"], heartbeat_interval=Duration(seconds=1))
    await until(stream, "caught_up")
    (first,) = await until(stream, "heartbeat")
    assert not first.heartbeat.HasField("last_event_at")
    await served.publish("NIFTY", 1)
    await collect(served, stream, 1)
    (heartbeat,) = await until(stream, "heartbeat")
    at = heartbeat.heartbeat.last_event_at
    assert at.ToDatetime(tzinfo=UTC) == served.rpc.moment(1)
    assert heartbeat.heartbeat.session == session_pb2.MARKET_SESSION_OPEN


@POLICIES
async def test_while_events_come_there_are_no_heartbeats(served: Served, delivery: int) -> None:
    stream = served.open(
        products=["NIFTY"], delivery=delivery, heartbeat_interval=Duration(seconds=1)
    )
    await until(stream, "caught_up")
    at, silences = 0, [math.inf]
    async with running(_tell_for_ever(served)):
        while at < 25:
            asked = time.monotonic()
            frame = await next_frame(stream)
            if frame.HasField("heartbeat"):
                silences.append(time.monotonic() - asked)
            at = max([at, *served.rpc.sequences(frame.batch)])
    # A machine that stands still is silent, and may say so.
    assert min(silences) > 0.8


async def _tell_for_ever(served: Served) -> None:
    """Publish twenty events a second."""
    for number in count(1):
        await served.publish("NIFTY", number)
        await asyncio.sleep(0.05)


@POLICIES
async def test_the_token_of_a_heartbeat_resumes(served: Served, delivery: int) -> None:
    wishes = {"products": ["NIFTY"], "delivery": delivery}
    stream = served.open(**wishes, heartbeat_interval=Duration(seconds=1))
    await until(stream, "caught_up")
    await served.publish("NIFTY", 1)
    (*_, heartbeat) = await until(stream, "heartbeat")
    stream.cancel()
    await served.publish("NIFTY", 2)
    again = served.open(**wishes, resume_token=heartbeat.resume_token)
    frames = await through(served, again, 2)
    assert numbers(served, frames) == [2]
    assert "reset" not in kinds(frames)


async def test_one_slow_reader_delays_no_other(served: Served) -> None:
    slow = [served.open(products=["NIFTY"], delivery=policy) for policy in (CONFLATED, LOSSLESS)]
    for stream in slow:
        await until(stream, "caught_up")
    fast = served.open(products=["NIFTY"], delivery=LOSSLESS)
    await until(fast, "caught_up")
    for number in range(1, 101):
        await served.publish("NIFTY", number)
        # The slow ones read nothing meanwhile.
        assert numbers(served, await through(served, fast, number)) == [number]


@POLICIES
async def test_a_reader_that_leaves_is_forgotten(served: Served, delivery: int) -> None:
    stream = served.open(products=["NIFTY"], delivery=delivery)
    await until(stream, "caught_up")

    async def listeners() -> int:
        return len(served.streaming.hub._listeners)

    assert await listeners() == 1
    stream.cancel()
    await eventually(listeners, lambda left: left == 0)


@POLICIES
async def test_when_the_bus_has_lost_its_log_streams_are_reset(
    served: Served, delivery: int
) -> None:
    stream = served.open(products=["NIFTY"], delivery=delivery)
    (started, *_) = await until(stream, "caught_up")
    await served.publish("NIFTY", *range(1, 11))
    await through(served, stream, 10)
    await served.bus.lose_everything()
    # The new log is numbered anew, below where the old one ended.
    await served.publish("NIFTY", 1, 2)
    (*_, reset) = await until(stream, "reset")
    assert reset.reset.reason == stream_pb2.RESET_REASON_EPOCH_CHANGED
    frames = await through(served, stream, 2)
    await served.publish("NIFTY", 3)
    frames += await through(served, stream, 3)
    assert frames[0].batch.snapshot
    assert "caught_up" not in kinds(frames)
    position = read_token(frames[-1].resume_token)
    assert position is not None
    assert position.epoch not in {"", started.started.epoch}
    assert position.sequences["NIFTY"] == 3


@POLICIES
async def test_a_draining_server_says_goodbye_at_once_and_ends_with_ok(
    served: Served, delivery: int
) -> None:
    stream = served.open(delivery=delivery, heartbeat_interval=Duration(seconds=60))
    await until(stream, "caught_up")
    served.drain()
    (*_, last) = await until(stream, "go_away")
    assert last.go_away.reason == stream_pb2.GO_AWAY_REASON_DRAINING
    assert await ended(stream) is grpc.StatusCode.OK


@POLICIES
async def test_a_stream_ends_at_its_maximum_age(serve: Serve, delivery: int) -> None:
    async with serve(maximum_age=0.5) as served:
        await served.announce("NIFTY")
        await served.publish("NIFTY", 1)
        stream = served.open(products=["NIFTY"], delivery=delivery)
        (*_, last) = await until(stream, "go_away")
        assert last.go_away.reason == stream_pb2.GO_AWAY_REASON_MAXIMUM_AGE
        assert last.go_away.reconnect_after.ToMilliseconds() >= 250
        assert await ended(stream) is grpc.StatusCode.OK
        await served.publish("NIFTY", 2)
        again = served.open(products=["NIFTY"], delivery=delivery, resume_token=last.resume_token)
        assert numbers(served, await through(served, again, 2)) == [2]


@pytest.mark.parametrize(
    "fields",
    [
        {"products": ["nifty"]},
        {"products": ["NIFTY", "NIFTY"]},
        {"heartbeat_interval": Duration(seconds=61)},
        {"delivery": 9},
    ],
    ids=["lower case", "twice", "slow heartbeat", "unknown policy"],
)
async def test_a_request_that_breaks_the_contract_is_refused(
    served: Served, fields: dict[str, Any]
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await next_frame(served.open(**fields))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(caught.value) == "VALIDATION_FAILED"
