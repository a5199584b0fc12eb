"""Clients and an edge of this release before services of the next one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import orjson
import pytest
from google.protobuf.unknown_fields import UnknownFieldSet
from tests.edge.transcoder_mesh import Client, transcoding
from tests.upgrade.conftest import SECONDS, FutureServer

from deltastream.client import LOSSLESS, Mesh
from deltastream.client.frames import Events, FrameStream, Gap
from deltastream.client.rpc import CHAINS
from deltastream.feed.v1.feed_service_pb2 import GetFeedStatusRequest
from deltastream.feed.v1.feed_service_pb2_grpc import FeedServiceStub
from deltastream.market.v1 import session_pb2
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.stream.v1.stream_pb2 import Heartbeat

# Numbers that only the future has names for.
CLOSING_AUCTION = NOBODY_THERE = 90
CROWDING = 900
STREAM_SECONDS = 20

pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def edge_before(server: FutureServer) -> AsyncIterator[Client]:
    """Serve the edge's REST of this release before services of the next."""
    async with (
        grpc.aio.insecure_channel(server.address) as channel,
        transcoding(channel, seconds=SECONDS) as client,
    ):
        yield client


@asynccontextmanager
async def reading(server: FutureServer) -> AsyncIterator[FrameStream[EnrichedChain]]:
    """Read chains of the next release with the client of this one."""
    async with Mesh(server.address) as mesh, mesh.frames(CHAINS, "NIFTY") as frames:
        yield frames


def within_time() -> asyncio.Timeout:
    return asyncio.timeout(STREAM_SECONDS)


async def test_frames_of_an_unknown_kind_are_skipped_and_order_and_resuming_hold(
    future_server: FutureServer,
) -> None:
    gaps: list[Gap] = []
    sequences = []
    async with within_time(), Mesh(future_server.address, on_gap=gaps.append) as mesh:
        async for chain in mesh.chains("NIFTY", delivery=LOSSLESS):
            sequences.append(chain.sequence)
            if chain.sequence == 5:
                break
    assert sequences == [1, 2, 4, 5]
    assert gaps == []
    # The place of the frame that was not understood: what is before it does not come again.
    assert await future_server.tokens(LOSSLESS, 2) == ["", "3"]


async def test_what_is_new_in_an_event_is_kept_but_not_seen(future_server: FutureServer) -> None:
    async with within_time(), reading(future_server) as frames:
        async for frame in frames:
            if isinstance(frame, Events):
                chain = frame.events[0]
                break
    assert "crowding" not in chain.DESCRIPTOR.fields_by_name
    kept = UnknownFieldSet(chain)
    assert [kept[number].field_number for number in range(len(kept))] == [CROWDING]
    again = type(chain).FromString(chain.SerializeToString())
    assert len(UnknownFieldSet(again)) == 1


async def test_an_enumeration_s_new_value_is_a_number_without_a_name(
    future_server: FutureServer,
) -> None:
    async with grpc.aio.insecure_channel(future_server.address) as channel:
        status = await FeedServiceStub(channel).GetFeedStatus(GetFeedStatusRequest())
    assert status.description == "a feed"
    assert status.session == CLOSING_AUCTION
    assert status.session not in session_pb2.MarketSession.values()


async def test_a_heartbeat_with_a_new_session_arrives(future_server: FutureServer) -> None:
    async with within_time(), reading(future_server) as frames:
        async for frame in frames:
            if isinstance(frame, Heartbeat):
                assert frame.session == CLOSING_AUCTION
                break


async def test_json_of_an_older_edge_has_what_it_knows(future_server: FutureServer) -> None:
    async with edge_before(future_server) as client:
        response = await client.get("/api/feed/status")
        status = orjson.loads(await response.read())
    assert response.status == 200
    assert (status["description"], status["session"]) == ("a feed", CLOSING_AUCTION)


async def test_a_stream_of_json_goes_on_over_a_frame_that_the_edge_does_not_know(
    future_server: FutureServer,
) -> None:
    async with (
        edge_before(future_server) as client,
        client.get("/api/stream/chains?products=NIFTY") as response,
    ):
        lines = [orjson.loads(line)["result"] async for line in response.content]
    assert [int(line["sequence"]) for line in lines] == [*range(1, 9)]
    assert lines[4] == {"sequence": "5", "resume_token": "3", "traceparents": []}
    chains = [chain for line in lines for chain in line.get("batch", {}).get("chains", ())]
    assert [int(chain["sequence"]) for chain in chains] == [1, 2, 4, 5]
    assert {chain["missing"][0]["reason"] for chain in chains} == {NOBODY_THERE}
    assert all("crowding" not in chain for chain in chains)
    assert lines[-1]["heartbeat"] == {"session": CLOSING_AUCTION}


async def test_an_event_of_an_unknown_kind_still_has_its_place(
    future_server: FutureServer,
) -> None:
    async with (
        edge_before(future_server) as client,
        client.get(
            "/api/stream/chains?products=NIFTY", headers={"Accept": "text/event-stream"}
        ) as response,
    ):
        read = b""
        while b"event: heartbeat" not in read:
            read += await response.content.readany()
    events = read.split(b"\n\n")
    (news,) = [event for event in events if b"\nid: 3\n" in b"\n" + event]
    assert not news.startswith(b"event:"), "it is of no kind that a browser of today listens to"


async def test_a_method_that_is_new_is_none_for_an_older_edge(future_server: FutureServer) -> None:
    async with edge_before(future_server) as client:
        response = await client.get("/api/feed/outlook")
        assert response.status == 404
