"""What StreamCandles does beside the protocol: lengths can be chosen, and no window is lost."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta
from itertools import count
from typing import Any, cast

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import reason_of
from tests.streams.conftest import Served
from tests.streams.frames import LOSSLESS, POLICIES, SECONDS
from tests.streams.streamed import BEGIN, ENRICHED_CANDLES, StreamedRpc, product

from deltastream.domain.events import Candle
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.streams import open_streams
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import candle_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.candles import encode_candle
from deltastream.runtime.streams.token import read_token
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

SUBJECT = subject_of(SubjectKind.ENRICHED_CANDLES, "NIFTY")

Version = tuple[int, int, int, bool]
"""Length, minute of the start, ticks, and whether it is final."""


@pytest.fixture
def rpc() -> StreamedRpc:
    return ENRICHED_CANDLES


def entry(sequence: int, *versions: Version) -> Entry:
    """Tell of some candles at once."""
    candles = [
        encode_candle(
            Candle(
                product="NIFTY",
                window_minutes=length,
                start=BEGIN + timedelta(minutes=minute),
                open=100.0,
                high=101.0,
                low=99.0,
                close=100.0,
                tick_count=ticks,
                final=final,
            )
        )
        for length, minute, ticks, final in versions
    ]
    payload = pb.CandleBatch(candles=candles).SerializeToString()
    return Entry(subject=SUBJECT, sequence=sequence, payload=payload)


def versions_of(candles: Sequence[candle_pb2.Candle]) -> list[Version]:
    return [
        (
            candle.window_minutes,
            (candle.start.seconds - int(BEGIN.timestamp())) // 60,
            candle.tick_count,
            candle.state == candle_pb2.CANDLE_STATE_FINAL,
        )
        for candle in candles
    ]


def each_length(ticks: int) -> list[Version]:
    return [(length, 0, ticks, False) for length in (1, 5, 15, 30)]


async def read(stream: Any, kind: str) -> list[Any]:
    """Read frames up to the first of a kind, and return them all."""
    frames: list[Any] = []
    async with asyncio.timeout(SECONDS):
        while not frames or frames[-1].WhichOneof("frame") != kind:
            frames.append(await stream.read())
            assert frames[-1] is not grpc.aio.EOF
    return frames


async def followed(served: Served, sequence: int) -> None:
    """Wait until a new subscriber would get all up to a sequence as its snapshot."""
    await eventually(lambda: served.followed("NIFTY"), lambda at: at == sequence)


@POLICIES
async def test_chosen_lengths_are_sent_and_no_others(served: Served, delivery: int) -> None:
    await served.bus.publish([entry(1, *each_length(1))])
    await followed(served, 1)
    stream = served.open(products=["NIFTY"], delivery=delivery, window_minutes=[5, 30])
    *_, snapshot, caught_up = await read(stream, "caught_up")
    assert snapshot.batch.snapshot
    assert versions_of(snapshot.batch.candles) == [(5, 0, 1, False), (30, 0, 1, False)]

    await served.bus.publish([entry(2, *each_length(2))])
    (*_, live) = await read(stream, "batch")
    assert versions_of(live.batch.candles) == [(5, 0, 2, False), (30, 0, 2, False)]
    stream.cancel()

    again = served.open(
        products=["NIFTY"],
        delivery=delivery,
        window_minutes=[15],
        resume_token=caught_up.resume_token,
    )
    (*_, missed) = await read(again, "batch")
    assert not missed.batch.snapshot
    assert versions_of(missed.batch.candles) == [(15, 0, 2, False)]
    await read(again, "caught_up")


@POLICIES
async def test_what_is_not_wanted_is_silence(served: Served, delivery: int) -> None:
    stream = served.open(
        products=["NIFTY"],
        delivery=delivery,
        window_minutes=[30],
        heartbeat_interval=Duration(seconds=1),
    )
    await read(stream, "caught_up")
    async with running(_tell_of_single_minutes(served.bus)):
        (heartbeat,) = await read(stream, "heartbeat")
    assert heartbeat.sequence == 3


async def _tell_of_single_minutes(bus: Bus) -> None:
    """Keep telling, several times in every interval of heartbeats."""
    for number in count(1):
        await bus.publish([entry(number, (1, number, 1, True))])
        await asyncio.sleep(0.05)


async def test_a_lossless_token_goes_on_behind_what_is_not_wanted(served: Served) -> None:
    stream = served.open(
        products=["NIFTY"],
        delivery=LOSSLESS,
        window_minutes=[30],
        heartbeat_interval=Duration(seconds=1),
    )
    await read(stream, "caught_up")
    await served.bus.publish([entry(number, (1, number, 1, True)) for number in range(1, 6)])
    (heartbeat,) = await read(stream, "heartbeat")
    position = read_token(heartbeat.resume_token)
    assert position is not None
    assert position.sequences["NIFTY"] == 5


async def test_a_length_that_there_is_not_is_refused(served: Served) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.open(window_minutes=[7]).read()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(caught.value) == "VALIDATION_FAILED"


async def test_a_snapshot_has_the_newest_window_of_each_length(served: Served) -> None:
    await served.bus.publish(
        [
            entry(1, (1, 0, 9, True), (1, 1, 1, False), (5, 0, 10, False)),
            entry(2, (1, 1, 2, True), (1, 2, 1, False), (5, 0, 12, False)),
        ]
    )
    await followed(served, 2)
    *_, snapshot, _ = await read(served.open(products=["NIFTY"]), "caught_up")
    assert sorted(versions_of(snapshot.batch.candles)) == [(1, 2, 1, False), (5, 0, 12, False)]


async def test_a_revision_of_an_older_window_is_sent_and_not_shown_as_the_newest(
    served: Served,
) -> None:
    await served.bus.publish([entry(1, (1, 0, 9, True), (1, 1, 1, False))])
    await followed(served, 1)
    stream = served.open(products=["NIFTY"])
    await read(stream, "caught_up")
    await served.bus.publish([entry(2, (1, 0, 10, True))])
    (*_, live) = await read(stream, "batch")
    assert versions_of(live.batch.candles) == [(1, 0, 10, True)]
    *_, snapshot, _ = await read(served.open(products=["NIFTY"]), "caught_up")
    assert versions_of(snapshot.batch.candles) == [(1, 1, 1, False)]


@pytest.fixture
async def announced(bus: Bus) -> Bus:
    await Catalog(bus).announce([product("NIFTY")], sequence=1)
    return bus


async def test_what_a_window_came_to_is_not_folded_under_the_next_window(
    announced: Bus, no_storage: StorageServiceStub
) -> None:
    candles = open_streams(
        announced,
        Catalog(announced),
        session=lambda products: MarketSession.OPEN,
        storage=no_storage,
    ).candles

    async def position() -> int:
        return candles.hub.log.positions.get("NIFTY", 0)

    async with running(candles.hub.run()), asyncio.timeout(SECONDS):
        request = pb.StreamCandlesRequest(products=["NIFTY"], window_minutes=[1])
        async with aclosing(candles.serve(request)) as encoded:
            frames = (pb.StreamCandlesResponse.FromString(cast("bytes", e)) async for e in encoded)
            while (await anext(frames)).WhichOneof("frame") != "caught_up":
                pass
            # The subscriber is slow, and minutes pass.
            await announced.publish([entry(1, (1, 0, 1, False)), entry(2, (1, 0, 2, False))])
            await announced.publish([entry(3, (1, 0, 3, True), (1, 1, 1, False), (5, 0, 4, False))])
            await announced.publish([entry(4, (1, 1, 2, False))])
            await announced.publish([entry(5, (1, 1, 3, True), (1, 2, 1, False))])
            await eventually(position, lambda at: at == 5)
            lagged, batch = await anext(frames), await anext(frames)
    assert lagged.lagged.folded == 4
    assert versions_of(batch.batch.candles) == [(1, 0, 3, True), (1, 1, 3, True), (1, 2, 1, False)]
