"""One Socket.IO client of 200 does not read.

Passes as the case of gRPC subscribers does: the 99th percentile of the other 199 is within 10 % of
what it is without it, and the edge's memory grows by less than 20 MB.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import aiohttp
import orjson
from tests.edge.raw_socket import raw_socket
from tests.faults.case import Case
from tests.faults.latencies import Latencies
from tests.faults.mesh import FaultMesh, running_mesh
from tests.faults.tick_source import ticking
from tests.faults.trial import Trial

_PRODUCTS: Final = 10
_PER_SECOND: Final = 20.0
_CLIENTS: Final = 199
_MOST_SLOWER: Final = 1.10
_AS_MANY: Final = 0.5
_MOST_MEGABYTES: Final = 20.0
_SETTLE_SECONDS: Final = 3.0
_SMALLEST_BUFFER: Final = 4096
# The latest chains of these are more than the 64 KB that the edge lets its own kernel hold.
_CHAINS_OF: Final = ("NIFTY", "BANKNIFTY", "SENSEX", "SPY")
_UPDATE: Final = '42["underlying_update",'


async def _run(trial: Trial) -> None:
    seconds = trial.choose(short=12.0, long=30.0)
    without, beside = Latencies(), Latencies()
    async with (
        running_mesh(trial, DELTASTREAM_TICK_INTERVAL="3600") as mesh,
        ticking(mesh.bus_url, products=_PRODUCTS, per_second=trial.rate(_PER_SECOND)),
        _listening(mesh) as clients,
    ):
        await asyncio.sleep(_SETTLE_SECONDS)
        before = _megabytes(mesh)
        for _ in range(trial.choose(short=2, long=3)):
            clients.into = without
            await asyncio.sleep(seconds)
            async with _stalled(mesh):
                clients.into = beside
                await asyncio.sleep(seconds)
                grown = _megabytes(mesh) - before
    trial.demand(
        "clients that stay connected",
        f"{_CLIENTS - clients.ended} of {_CLIENTS}",
        holds=clients.ended == 0,
    )
    trial.note(f"updates to the {_CLIENTS} without it", without)
    trial.note(f"updates to the {_CLIENTS} beside it", beside)
    # Whoever gets nothing is never late.
    trial.demand(
        f"updates beside it (at least {_AS_MANY:.0%} of those without)",
        f"{len(beside.seconds)} of {len(without.seconds)}",
        holds=len(beside.seconds) >= _AS_MANY * len(without.seconds),
    )
    trial.at_most("99th percentile beside it", [beside.p99 / without.p99], _MOST_SLOWER, "times")
    trial.at_most("memory of the edge grew by", [grown], _MOST_MEGABYTES, "MB")


@dataclass(slots=True)
class _Clients:
    """Where latencies go at present, and how many clients are gone."""

    into: Latencies = field(default_factory=Latencies)
    ended: int = 0


@asynccontextmanager
async def _listening(mesh: FaultMesh) -> AsyncIterator[_Clients]:
    """Be 199 clients that listen to all products."""
    clients = _Clients()
    url = f"{mesh.http}/socket.io/?EIO=4&transport=websocket"
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        tasks = []
        for _ in range(_CLIENTS):
            connection = await stack.enter_async_context(session.ws_connect(url))
            await connection.send_str("40")
            tasks.append(asyncio.create_task(_listen(connection, clients)))
        try:
            yield clients
        finally:
            ended = clients.ended
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            clients.ended = ended


async def _listen(connection: aiohttp.ClientWebSocketResponse, clients: _Clients) -> None:
    try:
        async for message in connection:
            text = message.data
            if text == "2":
                await connection.send_str("3")
            elif text.startswith(_UPDATE):
                made = datetime.fromisoformat(_payload(text)["timestamp"])
                clients.into.add_seconds(datetime.now(made.tzinfo).timestamp() - made.timestamp())
    finally:
        clients.ended += 1


def _payload(text: str) -> Any:
    return orjson.loads(text[2:])[1]


@asynccontextmanager
async def _stalled(mesh: FaultMesh) -> AsyncIterator[None]:
    """Be a client that asks for much, and then reads nothing."""
    async with raw_socket(mesh.http, receive_buffer=_SMALLEST_BUFFER) as client:
        await client.connect()
        for symbol in _CHAINS_OF:
            await client.send(f'42["subscribe",{{"type":"chain","symbol":"{symbol}"}}]')
        yield


def _megabytes(mesh: FaultMesh) -> float:
    return float(mesh.process("edge").memory_info().rss) / 1e6


CASE = Case(
    name="slow-socket",
    fault="1 stalled Socket.IO client of 200",
    criterion="p99 of the others within 10 %; memory growth < 20 MB",
    run=_run,
    broken=("sockets-wait-for-everybody",),
)
