"""What the bus does not hold any more comes from storage, where storage has it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import reason_of
from tests.streams.conftest import Serve, Served, Storage
from tests.streams.frames import (
    CONFLATED,
    LOSSLESS,
    collect,
    kinds,
    next_frame,
    numbers,
    through,
    until,
)
from tests.streams.streamed import (
    ENRICHED_TICKS,
    REMEMBERED,
    StreamedRpc,
    enriched_chain_payload,
    tick_payload,
)

from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.store import Kind
from deltastream.runtime.streams.token import Position, write_token
from deltastream.storage.v1 import storage_service_pb2 as storage_pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub
from deltastream.stream.v1 import stream_pb2

# More than a page of chains, of which storage is asked for fifty at once.
EVENTS = 130


@pytest.fixture(params=REMEMBERED, ids=str)
def rpc(request: pytest.FixtureRequest) -> StreamedRpc:
    chosen: StreamedRpc = request.param
    return chosen


async def put(
    storage: StorageServiceStub, rpc: StreamedRpc, symbol: str, events: Iterable[int]
) -> None:
    """Store events, as enrichment does after publishing them."""
    if rpc is ENRICHED_TICKS:
        batches = [tick_pb2.UnderlyingTickBatch.FromString(tick_payload(symbol, n)) for n in events]
        ticks = [tick for batch in batches for tick in batch.ticks]
        await storage.PutTicks(storage_pb.PutTicksRequest(ticks=ticks))
    else:
        payloads = [enriched_chain_payload(symbol, number) for number in events]
        chains = [chain_pb2.EnrichedChain.FromString(payload) for payload in payloads]
        await storage.PutChains(storage_pb.PutChainsRequest(chains=chains))


def written_before(number: int) -> datetime:
    """Return the moment before which storage takes all events below a number for written."""
    return datetime.fromtimestamp(0, tz=UTC) + timedelta(microseconds=number)


async def publish_and_store(served: Served, storage: Storage) -> str:
    """Tell of all events, store them, let the bus forget most; return the token of event 3."""
    await served.announce("NIFTY")
    await served.publish("NIFTY", *range(1, EVENTS + 1))
    await put(storage.stub, served.rpc, "NIFTY", range(1, EVENTS + 1))
    await eventually(lambda: served.followed("NIFTY"), lambda at: at == EVENTS)
    await served.trim("NIFTY", keep=20)
    return write_token(Position(served.streaming.hub.log.epoch, {"NIFTY": 3}))


async def test_a_lossless_token_older_than_the_bus_goes_on_from_storage(
    serve: Serve, storage: Storage
) -> None:
    async with serve(storage=storage.stub) as served:
        token = await publish_and_store(served, storage)
        stream = served.open(products=["NIFTY"], delivery=LOSSLESS, resume_token=token)
        frames = await until(stream, "caught_up")
        assert "reset" not in kinds(frames)
        assert not any(frame.batch.snapshot for frame in frames)
        assert numbers(served, frames) == list(range(4, EVENTS + 1))
        await served.publish("NIFTY", EVENTS + 1)
        assert (await collect(served, stream, 1))[0] == [EVENTS + 1]


async def test_every_frame_from_storage_has_a_token_that_resumes(
    serve: Serve, storage: Storage
) -> None:
    async with serve(storage=storage.stub) as served:
        token = await publish_and_store(served, storage)
        stream = served.open(products=["NIFTY"], delivery=LOSSLESS, resume_token=token)
        frames = await until(stream, "caught_up")
        for cut in range(len(frames)):
            before = numbers(served, frames[: cut + 1])
            again = served.open(
                products=["NIFTY"], delivery=LOSSLESS, resume_token=frames[cut].resume_token
            )
            after = await until(again, "caught_up")
            again.cancel()
            assert before + numbers(served, after) == list(range(4, EVENTS + 1))


async def test_a_conflated_token_older_than_the_bus_starts_anew(
    serve: Serve, storage: Storage
) -> None:
    async with serve(storage=storage.stub) as served:
        token = await publish_and_store(served, storage)
        stream = served.open(products=["NIFTY"], delivery=CONFLATED, resume_token=token)
        frames = await until(stream, "caught_up")
        assert kinds(frames) == ["started", "reset", "batch", "caught_up"]
        assert numbers(served, frames) == [EVENTS]


async def test_what_storage_has_deleted_for_its_age_cannot_be_resumed(
    serve: Serve, storage: Storage
) -> None:
    async with serve(storage=storage.stub) as served:
        token = await publish_and_store(served, storage)
        kind = Kind.TICKS if served.rpc is ENRICHED_TICKS else Kind.CHAINS
        assert await storage.store.prune(kind, before=written_before(11), limit=1000) == 10
        stream = served.open(products=["NIFTY"], delivery=LOSSLESS, resume_token=token)
        frames = await until(stream, "caught_up")
        assert kinds(frames) == ["started", "reset", "batch", "caught_up"]
        assert frames[1].reset.reason == stream_pb2.RESET_REASON_TOKEN_TOO_OLD


async def test_a_reader_that_needs_storage_while_it_is_away_is_told_so(
    serve: Serve, storage: Storage, no_storage: StorageServiceStub
) -> None:
    async with serve(storage=no_storage) as served:
        token = await publish_and_store(served, storage)
        stream = served.open(products=["NIFTY"], delivery=LOSSLESS, resume_token=token)
        assert kinds([await next_frame(stream)]) == ["started"]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await next_frame(stream)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert reason_of(caught.value) == "DEPENDENCY_UNAVAILABLE"
        # Nobody else is concerned.
        other = served.open(products=["NIFTY"], delivery=LOSSLESS)
        await served.publish("NIFTY", EVENTS + 1)
        assert numbers(served, await through(served, other, EVENTS + 1))[-1] == EVENTS + 1
