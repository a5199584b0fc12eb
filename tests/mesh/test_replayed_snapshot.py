"""The main job, end to end: a snapshot goes in, its figures come out over every protocol."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import grpc
import pytest
import pytest_asyncio
import socketio
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import MessageToDict
from tests.fixtures.listed_products import until_listed
from tests.fixtures.running_mesh import RunningMesh, running_mesh
from tests.fixtures.snapshot_files import needs_shared_data
from tests.mesh.expectations import ReplayedFile, captured_file, generated_file

from deltastream.enrichment.v1 import enrichment_service_pb2 as enrichment_pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.market.v1 import session_pb2

pytestmark = [pytest.mark.mesh, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]
SECONDS = 60.0


@pytest.fixture(
    scope="module",
    params=[pytest.param("captured", marks=[needs_shared_data, pytest.mark.long]), "generated"],
)
def replayed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ReplayedFile:
    if request.param == "captured":
        return captured_file()
    return generated_file(tmp_path_factory.mktemp("snapshot"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mesh(
    replayed: ReplayedFile, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningMesh]:
    folder: Path = tmp_path_factory.mktemp("mesh") / "data"
    async with running_mesh(folder, "--source", f"replay:{replayed.path}") as up:
        await _until_stored(up, replayed)
        yield up


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rest(mesh: RunningMesh) -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(mesh.http, timeout=timeout) as session:
        yield session


async def _until_stored(mesh: RunningMesh, replayed: ReplayedFile) -> None:
    """Wait until the product and every expiry are in the store."""
    path = f"/api/data/expiries/{replayed.product}"
    async with asyncio.timeout(SECONDS), aiohttp.ClientSession(mesh.http) as session:
        await until_listed(session, replayed.product)
        while True:
            async with session.get(path) as response:
                if (await response.json()).get("expiries") == sorted(replayed.expiries):
                    return
            await asyncio.sleep(0.1)


async def fetch(rest: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    async with rest.get(path) as response:
        body: dict[str, Any] = await response.json()
        assert response.status == 200, body
    return body


async def test_rest_has_every_expirys_figures(
    replayed: ReplayedFile, rest: aiohttp.ClientSession
) -> None:
    for expiry, expected in replayed.expiries.items():
        answer = await fetch(rest, f"/api/data/chain/{replayed.product}/{expiry}")
        assert answer["product"] == replayed.product
        assert answer["count"] == len(answer["chains"]) == 1
        expected.check(answer["chains"][0])


async def test_analytics_has_every_expirys_ratio_and_max_pain(
    replayed: ReplayedFile, rest: aiohttp.ClientSession
) -> None:
    for expiry, expected in replayed.expiries.items():
        ratio = await fetch(
            rest, f"/api/analytics/pcr/{replayed.product}?expiry={expiry}&history=true"
        )
        pain = await fetch(rest, f"/api/analytics/max-pain/{replayed.product}?expiry={expiry}")
        chain = {**ratio["latest"], **pain, "atm_strike": expected.atm_strike}
        expected.check(chain)
        assert tuple(pain["max_pain_ties"]) == expected.max_pain_ties
        assert [point["pcr_oi"] for point in ratio["history"] if "pcr_oi" in point] == (
            [] if expected.pcr_oi is None else [chain["pcr_oi"]]
        )
        totals = [point["total_pain"] for point in pain["curve"]]
        ties = [p["strike"] for p in pain["curve"] if p["total_pain"] == min(totals)]
        assert set(expected.max_pain_ties) >= set(ties) or not expected.max_pain_ties


async def test_a_grpc_stream_opens_with_every_expirys_figures(
    replayed: ReplayedFile, mesh: RunningMesh
) -> None:
    found: dict[str, dict[str, Any]] = {}
    async with grpc.aio.insecure_channel(mesh.grpc["enrichment"]) as channel:
        stream = EnrichmentServiceStub(channel).StreamChains(
            enrichment_pb.StreamChainsRequest(products=[replayed.product])
        )
        async with asyncio.timeout(SECONDS):
            while found.keys() != replayed.expiries.keys():
                frame = await stream.read()
                assert isinstance(frame, enrichment_pb.StreamChainsResponse)
                for chain in frame.batch.chains:
                    found[chain.expiry] = MessageToDict(chain, preserving_proto_field_name=True)
        stream.cancel()
    for expiry, expected in replayed.expiries.items():
        expected.check(found[expiry])


async def test_a_socketio_subscriber_gets_every_expirys_figures(
    replayed: ReplayedFile, mesh: RunningMesh
) -> None:
    found: dict[str, dict[str, Any]] = {}
    complete = asyncio.Event()
    client = socketio.AsyncClient()

    async def on_chain(update: dict[str, Any]) -> None:
        found[update["expiry"]] = update
        if found.keys() == replayed.expiries.keys():
            complete.set()

    client.on("chain_update", on_chain)
    async with asyncio.timeout(SECONDS):
        await client.connect(mesh.http, transports=["websocket"])
        answer = await client.call("subscribe", {"type": "chain", "symbol": replayed.product})
        assert answer["ok"] is True
        await complete.wait()
        await client.disconnect()
    for expiry, expected in replayed.expiries.items():
        expected.check(found[expiry])


async def test_the_feed_says_that_it_is_a_replay(rest: aiohttp.ClientSession) -> None:
    status = await fetch(rest, "/api/feed/status")
    assert status["source"] == "SOURCE_KIND_REPLAY"
    assert status["exhausted"] is True


async def test_the_session_is_that_of_the_recorded_time_wherever_it_is_said(
    replayed: ReplayedFile, rest: aiohttp.ClientSession, mesh: RunningMesh
) -> None:
    status = await fetch(rest, "/api/feed/status")
    assert status["session"] == "MARKET_SESSION_OPEN"
    assert [product["session"] for product in status["products"]] == ["MARKET_SESSION_OPEN"]
    async with grpc.aio.insecure_channel(mesh.grpc["enrichment"]) as channel:
        stream = EnrichmentServiceStub(channel).StreamChains(
            enrichment_pb.StreamChainsRequest(
                products=[replayed.product], heartbeat_interval=Duration(seconds=1)
            )
        )
        async with asyncio.timeout(SECONDS):
            heartbeat = None
            # Of enrichment's own, which may have to hear from the feed first.
            while heartbeat is None or heartbeat.session == session_pb2.MARKET_SESSION_UNSPECIFIED:
                frame = await stream.read()
                assert isinstance(frame, enrichment_pb.StreamChainsResponse)
                if frame.HasField("heartbeat"):
                    heartbeat = frame.heartbeat
        stream.cancel()
    assert heartbeat.session == session_pb2.MARKET_SESSION_OPEN
