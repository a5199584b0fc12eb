"""One subscriber of a hundred does not read, at 2,000 updates a second.

It answers pings and keeps its connection, so nobody can take it for dead. Passes when the 99th
percentile of the other 99 is within 10 % of what it is without it, and the server's memory grows
by less than 20 MB. Periods with and without alternate, so that the machine's moods even out.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import grpc
from tests.faults.case import Case
from tests.faults.latencies import Latencies
from tests.faults.mesh import FaultMesh, running_mesh
from tests.faults.tick_source import ticking
from tests.faults.trial import Trial

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.channels import open_channel

_PRODUCTS: Final = 20
_TOGETHER: Final = 5
_PER_SECOND: Final = 2000.0
_READERS: Final = 99
_MOST_SLOWER: Final = 1.10
_AS_MANY: Final = 0.5
_MOST_MEGABYTES: Final = 20.0
_SETTLE_SECONDS: Final = 3.0


async def _run(trial: Trial) -> None:
    seconds = trial.choose(short=8.0, long=30.0)
    without, beside = Latencies(), Latencies()
    async with (
        running_mesh(trial) as mesh,
        ticking(
            mesh.bus_url,
            products=_PRODUCTS,
            per_second=trial.rate(_PER_SECOND),
            together=_TOGETHER,
        ) as symbols,
        _reading(mesh, symbols) as latencies,
    ):
        await asyncio.sleep(_SETTLE_SECONDS)
        before = _megabytes(mesh)
        for _ in range(trial.choose(short=2, long=3)):
            latencies.into = without
            await asyncio.sleep(seconds)
            async with _stalled(mesh, symbols):
                await asyncio.sleep(1.0)
                latencies.into = beside
                await asyncio.sleep(seconds)
                grown = _megabytes(mesh) - before
    trial.note("updates to the 99 without it", without)
    trial.note("updates to the 99 beside it", beside)
    # Whoever gets nothing is never late.
    trial.demand(
        f"updates beside it (at least {_AS_MANY:.0%} of those without)",
        f"{len(beside.seconds)} of {len(without.seconds)}",
        holds=len(beside.seconds) >= _AS_MANY * len(without.seconds),
    )
    trial.at_most("99th percentile beside it", [beside.p99 / without.p99], _MOST_SLOWER, "times")
    trial.at_most("memory of enrichment grew by", [grown], _MOST_MEGABYTES, "MB")


class _Into:
    """Where latencies go at present."""

    def __init__(self) -> None:
        self.into = Latencies()


@asynccontextmanager
async def _reading(mesh: FaultMesh, symbols: list[str]) -> AsyncIterator[_Into]:
    """Read as 99 subscribers, each with a connection of its own."""
    into = _Into()
    async with AsyncExitStack() as stack:
        tasks = []
        for _ in range(_READERS):
            channel = await stack.enter_async_context(_channel(mesh))
            tasks.append(asyncio.create_task(_read(_subscribe(channel, symbols), into)))
        try:
            yield into
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _read(call: Any, into: _Into) -> None:
    try:
        async for frame in call:
            if frame.WhichOneof("frame") == "batch" and not frame.batch.snapshot:
                into.into.add(frame.batch.ticks)
    finally:
        call.cancel()


@asynccontextmanager
async def _stalled(mesh: FaultMesh, symbols: list[str]) -> AsyncIterator[None]:
    """Be a subscriber that reads one frame, and then no more."""
    async with _channel(mesh) as channel:
        call = _subscribe(channel, symbols)
        await call.read()
        try:
            yield
        finally:
            call.cancel()


def _channel(mesh: FaultMesh) -> grpc.aio.Channel:
    return open_channel(mesh.grpc["enrichment"], service="enrichment", subscriber=True)


def _subscribe(channel: grpc.aio.Channel, symbols: list[str]) -> Any:
    return EnrichmentServiceStub(channel).StreamTicks(pb.StreamTicksRequest(products=symbols))


def _megabytes(mesh: FaultMesh) -> float:
    return float(mesh.process("enrichment").memory_info().rss) / 1e6


CASE = Case(
    name="slow-subscriber",
    fault="1 stalled and 99 good gRPC subscribers, at 2,000 updates/s",
    criterion="p99 of the good within 10 %; memory growth < 20 MB",
    run=_run,
    broken=("hub-waits-for-everybody",),
)
