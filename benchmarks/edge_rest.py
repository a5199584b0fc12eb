"""What reading by REST costs, beside a Go gateway and the least that aiohttp and gRPC can do.

All of them ask the same service, which answers at once, and take turns of some seconds, so that
whatever else the machine does hits all alike. The middle turn counts.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import psutil
from benchmarks.lone_edge import LoneEdge, lone_edge
from benchmarks.mesh import NEVER, measured_mesh
from benchmarks.processes import line_of, processor_seconds, python, said_by
from benchmarks.report import Figure, percentile
from tests.fixtures.running_mesh import ROOT, RunningMesh
from tests.gateway.gateway_process import PROGRAM, running_gateway

_PATHS: Final = {"products": "/api/data/products", "chain": "/api/data/chain/NIFTY?page_size=1"}
_ROUNDS: Final = 3
_MANY: Final = 32
_WARM_UP_SECONDS: Final = 3.0
_EDGE, _BARE, _GO = "edge", "bare aiohttp and one gRPC call", "Go grpc-gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    """Something that answers.

    Attributes:
        url: of what is asked for.
        pid: of its process.
    """

    url: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What one peer did in some seconds.

    Attributes:
        rate: answers a second.
        middle: the time that an answer took, in milliseconds.
        each: processor time of the peer for an answer, in microseconds.
        refused: share of the requests that were refused as too many.
    """

    rate: float
    middle: float
    each: float
    refused: float


async def edge_rest(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure one connection and 32, a small answer and that of one chain."""
    figures = await _through_mesh(folder, seconds=seconds / 5)
    async with lone_edge(folder) as edge:
        for kind in _PATHS:
            async with _peers(edge, kind, folder) as peers:
                for connections in (1, _MANY):
                    turns = await _turns(peers, connections, seconds=seconds / 5)
                    figures += _figures(kind, connections, turns)
    return figures


async def _through_mesh(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure how long one answer takes where a whole mesh is behind it."""
    settings = {
        "DELTASTREAM_CHAIN_INTERVAL": NEVER,
        "DELTASTREAM_QUOTE_INTERVAL": NEVER,
        "DELTASTREAM_TICK_INTERVAL": NEVER,
        "DELTASTREAM_CLIENT_RATE": "0",
    }
    figures = []
    async with measured_mesh(folder / "edge-rest", **settings) as mesh:
        await asyncio.sleep(_WARM_UP_SECONDS)
        for kind, path in (await _cached_in(mesh)).items():
            peer = _Peer(url=mesh.http + path, pid=mesh.pid_of("edge"))
            turn = (await _turns({_EDGE: peer}, 1, seconds=seconds))[_EDGE]
            name = f"REST through the mesh, newest {kind}: p50"
            figures.append(Figure(name=name, value=turn.middle, unit="ms", wanted="at most 3"))
    return figures


async def _cached_in(mesh: RunningMesh) -> dict[str, str]:
    """Return the paths of what storage has in its cache."""
    known = json.loads(await _body_of(f"{mesh.http}/api/data/expiries/NIFTY"))
    return {
        "tick": "/api/data/underlying/NIFTY?page_size=1",
        "chain": f"/api/data/chain/NIFTY/{known['expiries'][0]}?page_size=1",
    }


@asynccontextmanager
async def _peers(edge: LoneEdge, kind: str, folder: Path) -> AsyncIterator[dict[str, _Peer]]:
    path = _PATHS[kind]
    file = folder / f"{kind}.json"
    file.write_bytes(await _body_of(edge.http + path))
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(
            python("benchmarks.bare_handler", edge.services, kind, file)
        )
        where = (await line_of(bare)).decode().strip()
        peers = {
            _EDGE: _Peer(url=edge.http + path, pid=edge.pid),
            _BARE: _Peer(url=f"http://{where}/", pid=bare.pid),
        }
        if await _build_gateway():
            _, _, port = edge.services.rpartition(":")
            url = await stack.enter_async_context(running_gateway(int(port)))
            peers[_GO] = _Peer(url=url + path, pid=_pid_of_gateway())
        yield peers


async def _body_of(url: str) -> bytes:
    async with (
        aiohttp.ClientSession(headers={"Accept-Encoding": "identity"}) as session,
        session.get(url, raise_for_status=True) as response,
    ):
        return await response.read()


async def _build_gateway() -> bool:
    """Say whether there is a gateway to compare with; without Go there is none."""
    environment = os.environ | {"PYTHON": sys.executable}
    build = await asyncio.create_subprocess_exec(ROOT / "tests/gateway/build", env=environment)
    return await build.wait() == 0


def _pid_of_gateway() -> int:
    children = psutil.Process().children()
    return next(child.pid for child in children if child.exe() == str(PROGRAM))


async def _turns(
    peers: Mapping[str, _Peer], connections: int, *, seconds: float
) -> dict[str, _Turn]:
    turns: dict[str, list[_Turn]] = {name: [] for name in peers}
    for _ in range(_ROUNDS):
        for name, peer in peers.items():
            turns[name].append(await _turn(peer, connections, seconds))
    return {
        name: sorted(of, key=lambda turn: turn.rate)[_ROUNDS // 2] for name, of in turns.items()
    }


async def _turn(peer: _Peer, connections: int, seconds: float) -> _Turn:
    async with python("benchmarks.http_load", peer.url, connections, seconds) as load:
        await line_of(load)
        begun = processor_seconds(peer.pid)
        result = await said_by(load)
        used = processor_seconds(peer.pid) - begun
    latencies, refused = result["latencies"], result["refused"]
    return _Turn(
        rate=len(latencies) / result["seconds"],
        middle=1e3 * percentile(latencies, 0.5),
        each=1e6 * used / (len(latencies) + refused),
        refused=100 * refused / (len(latencies) + refused),
    )


def _figures(kind: str, connections: int, turns: Mapping[str, _Turn]) -> list[Figure]:
    what = f"REST, {kind}, {connections} connection{'s' if connections > 1 else ''}"
    figures = []
    for name, turn in turns.items():
        figures += [
            Figure(name=f"{what}: {name}, p50", value=turn.middle, unit="ms"),
            Figure(name=f"{what}: {name}", value=turn.rate, unit="answers/s"),
            Figure(name=f"{what}: {name}, processor", value=turn.each, unit="µs each"),
        ]
    edge = turns[_EDGE]
    figures.append(Figure(name=f"{what}: refused by the edge", value=edge.refused, unit="%"))
    for name, turn in turns.items():
        if name != _EDGE and connections > 1:
            figures.append(
                Figure(
                    name=f"{what}: edge, of {name}",
                    value=100 * edge.rate / turn.rate,
                    unit="%",
                    wanted="at least 60" if name == _BARE else "",
                )
            )
    return figures
