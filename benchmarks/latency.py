"""How long a chain takes from its publication by the feed to a subscriber."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import grpc
import socketio
from benchmarks.mesh import NEVER, measured_mesh
from benchmarks.report import Figure, percentile
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import RunningMesh

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.background import running

_CHAINS_PER_SECOND = 50
_CHAINS = 24
_WARM_UP_SECONDS = 3.0
_SYMBOLS = ("AAPL", "BANKNIFTY", "FINNIFTY", "NIFTY", "QQQ", "SENSEX", "SPY", "TSLA")


async def latencies(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure with one gRPC subscriber and one Socket.IO client of every chain, 50 a second."""
    settings = {
        "DELTASTREAM_CHAIN_INTERVAL": str(_CHAINS / _CHAINS_PER_SECOND),
        "DELTASTREAM_QUOTE_INTERVAL": NEVER,
    }
    by_grpc: list[float] = []
    by_socket: list[float] = []
    async with (
        measured_mesh(folder / "latency", **settings) as mesh,
        running(_subscribe(mesh, by_grpc), _connect(mesh, by_socket)),
    ):
        await asyncio.sleep(_WARM_UP_SECONDS)
        by_grpc.clear()
        by_socket.clear()
        await asyncio.sleep(seconds)
    return [
        *_figures("gRPC subscriber", by_grpc, wanted=("at most 5", "at most 25")),
        *_figures("Socket.IO client", by_socket, wanted=("at most 12", "")),
    ]


async def _subscribe(mesh: RunningMesh, latencies: list[float]) -> None:
    async with grpc.aio.insecure_channel(mesh.grpc["enrichment"]) as channel:
        stream = EnrichmentServiceStub(channel).StreamChains(pb.StreamChainsRequest())
        async for frame in stream:
            now = time.time()
            if not frame.batch.snapshot:
                for chain in frame.batch.chains:
                    at = chain.published_at
                    latencies.append(now - at.seconds - at.nanos / 1e9)


async def _connect(mesh: RunningMesh, latencies: list[float]) -> None:
    async with aiohttp.ClientSession() as session:
        await _follow(socketio.AsyncClient(http_session=session), mesh, latencies)


async def _follow(client: Any, mesh: RunningMesh, latencies: list[float]) -> None:
    async def on_chain(update: dict[str, Any]) -> None:
        published_at = datetime.fromisoformat(update["published_at"])
        latencies.append(time.time() - published_at.timestamp())

    client.on("chain_update", on_chain)
    await client.connect(mesh.http, transports=["websocket"])
    try:
        for symbol in _SYMBOLS:
            # The mesh is ready a moment before it has heard of each product.
            await eventually(partial(_subscribed, client, symbol), bool)
        # Not client.wait(): it swallows the cancellation that ends the measurement.
        await asyncio.Event().wait()
    finally:
        await client.disconnect()


async def _subscribed(client: Any, symbol: str) -> bool:
    answer = await client.call("subscribe", {"type": "chain", "symbol": symbol})
    return bool(answer["ok"])


def _figures(who: str, seconds: Sequence[float], *, wanted: tuple[str, str]) -> list[Figure]:
    name = f"latency at {_CHAINS_PER_SECOND} chains/s: publication to {who}"
    return [
        Figure(
            name=f"{name}, p50", value=1e3 * percentile(seconds, 0.5), unit="ms", wanted=wanted[0]
        ),
        Figure(
            name=f"{name}, p99", value=1e3 * percentile(seconds, 0.99), unit="ms", wanted=wanted[1]
        ),
    ]
