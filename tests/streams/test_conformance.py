"""The protocol of deltastream.stream.v1, as every streaming RPC speaks it."""

import asyncio
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.fixtures.grpc_loopback import reason_of
from tests.streams.conftest import Serve, Served

from deltastream.runtime.streams.token import Position, write_token
from deltastream.stream.v1 import stream_pb2

SECONDS = 10.0
LOSSLESS = stream_pb2.DELIVERY_POLICY_LOSSLESS
CONFLATED = stream_pb2.DELIVERY_POLICY_CONFLATED
POLICIES = pytest.mark.parametrize("delivery", [CONFLATED, LOSSLESS], ids=["conflated", "lossless"])


async def next_frame(stream: Any) -> Any:
    async with asyncio.timeout(SECONDS):
        frame = await stream.read()
    assert frame is not grpc.aio.EOF, "the stream ended"
    return frame


async def until(stream: Any, kind: str) -> list[Any]:
    """Read frames up to the first of a kind, and return them all."""
    frames = [await next_frame(stream)]
    while frames[-1].WhichOneof("frame") != kind:
        frames.append(await next_frame(stream))
    return frames


async def collect(served: Served, stream: Any, count: int) -> tuple[list[int], Any]:
    """Read `count` events; return their sequences and the last frame."""
    sequences: list[int] = []
    frame = None
    while len(sequences) < count:
        frame = (await until(stream, "batch"))[-1]
        sequences += served.rpc.sequences(frame.batch)
    return sequences, frame


def kinds(frames: list[Any]) -> list[str]:
    return [frame.WhichOneof("frame") for frame in frames]


@POLICIES
async def test_a_stream_opens_with_started_snapshot_and_caught_up(
    served: Served, delivery: int
) -> None:
    await served.publish("NIFTY", 1, 2)
    stream = served.open(products=["NIFTY"], delivery=delivery)
    first = [await next_frame(stream)]
    # The server may not have followed the bus up to here when the stream was opened.
    frames = first + await until(stream, "caught_up")
    assert kinds(frames)[0] == "started"
    assert first[0].started.delivery == delivery
    assert first[0].started.epoch
    assert all(frame.batch.snapshot for frame in frames if frame.WhichOneof("frame") == "batch")


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


async def test_silence_is_filled_with_heartbeats_that_carry_a_token(served: Served) -> None:
    stream = served.open(products=["NIFTY"], heartbeat_interval=Duration(seconds=1))
    await until(stream, "caught_up")
    await served.publish("NIFTY", 1)
    await collect(served, stream, 1)
    (heartbeat,) = await until(stream, "heartbeat")
    assert heartbeat.resume_token
    assert heartbeat.heartbeat.last_event_at.seconds > 0


async def test_a_draining_server_says_goodbye_and_ends_with_ok(served: Served) -> None:
    stream = served.open()
    await until(stream, "caught_up")
    served.drain()
    (*_, last) = await until(stream, "go_away")
    assert last.go_away.reason == stream_pb2.GO_AWAY_REASON_DRAINING
    async with asyncio.timeout(SECONDS):
        assert await stream.read() is grpc.aio.EOF
    assert await stream.code() is grpc.StatusCode.OK


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
