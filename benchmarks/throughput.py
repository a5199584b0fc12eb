"""How many chains and ticks a second go from the feed to the store and to a subscriber."""

import asyncio
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import grpc
from benchmarks.mesh import NEVER, measured_mesh, published, stored
from benchmarks.report import Figure
from tests.fixtures.running_mesh import RunningMesh

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.background import running
from deltastream.stream.v1 import stream_pb2

_WARM_UP_SECONDS = 3.0
_PRODUCTS = 8
_CHAINS = 3 * _PRODUCTS
_SETTLE_SECONDS = 30.0
_KEPT_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One kind of event at a rate.

    Attributes:
        settings: of the mesh, for this rate.
        table: where the events end up.
        count: reads how many the feed has published of a product.
        call: the stream that they leave by.
        events: reads them out of a frame.
        wanted: the rate that is wanted, in words.
    """

    name: str
    per_second: float
    settings: dict[str, str]
    table: str
    count: Callable[[Any], int]
    call: Callable[[EnrichmentServiceStub], Any]
    events: Callable[[Any], Any]
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a load.

    Attributes:
        published, stored, streamed: how many events got there.
        seconds: how long the load was applied.
        backlog_seconds: how long the last ones took to be stored.
    """

    published: int
    stored: int
    streamed: int
    seconds: float
    backlog_seconds: float

    @property
    def lost(self) -> int:
        """How many were published and not stored, or not streamed."""
        return 2 * self.published - self.stored - self.streamed

    @property
    def per_second(self) -> float:
        """The sustained rate, the time to catch up included."""
        return self.published / (self.seconds + self.backlog_seconds)


def chains(per_second: float) -> Load:
    """Return a load of 21-strike chains."""
    return Load(
        name="chains",
        per_second=per_second,
        settings={
            "DELTASTREAM_CHAIN_INTERVAL": str(_CHAINS / per_second),
            "DELTASTREAM_TICK_INTERVAL": "1",
            "DELTASTREAM_QUOTE_INTERVAL": NEVER,
        },
        table="chains",
        count=lambda status: int(status.chains),
        call=lambda stub: stub.StreamChains(_request(pb.StreamChainsRequest)),
        events=lambda frame: frame.batch.chains,
        wanted="at least 800",
    )


def ticks(per_second: float) -> Load:
    """Return a load of ticks."""
    return Load(
        name="ticks",
        per_second=per_second,
        settings={
            "DELTASTREAM_TICK_INTERVAL": str(_PRODUCTS / per_second),
            "DELTASTREAM_CHAIN_INTERVAL": NEVER,
            "DELTASTREAM_QUOTE_INTERVAL": NEVER,
        },
        table="ticks",
        count=lambda status: int(status.ticks),
        call=lambda stub: stub.StreamTicks(_request(pb.StreamTicksRequest)),
        events=lambda frame: frame.batch.ticks,
        wanted="at least 40,000",
    )


def _request(kind: Callable[..., Any]) -> Any:
    return kind(delivery=stream_pb2.DELIVERY_POLICY_LOSSLESS)


async def apply(load: Load, folder: Path, *, seconds: float) -> Outcome:
    """Apply a load to a fresh mesh, and see what became of every event."""
    async with measured_mesh(folder, **load.settings) as mesh:
        received: dict[str, list[int]] = defaultdict(list)
        async with running(_read(mesh, load, received)):
            await asyncio.sleep(_WARM_UP_SECONDS)
            before, begun = await published(mesh), time.perf_counter()
            await asyncio.sleep(seconds)
            after, applied = await published(mesh), time.perf_counter()
            sent = sum(load.count(after[p]) - load.count(before[p]) for p in after)
            span = ({p: s.last_sequence for p, s in before.items()},
                    {p: s.last_sequence for p, s in after.items()})  # fmt: skip
            in_store, in_stream = 0, 0
            while time.perf_counter() - applied < _SETTLE_SECONDS:
                in_store = await stored(mesh, load.table, *span)
                in_stream = _between(received, *span)
                if in_store == in_stream == sent:
                    break
                await asyncio.sleep(0.05)
            return Outcome(
                published=sent,
                stored=in_store,
                streamed=in_stream,
                seconds=applied - begun,
                backlog_seconds=time.perf_counter() - applied,
            )


async def _read(mesh: RunningMesh, load: Load, received: dict[str, list[int]]) -> None:
    """Note the sequence of everything that a LOSSLESS subscriber gets."""
    async with grpc.aio.insecure_channel(mesh.grpc["enrichment"]) as channel:
        stream = load.call(EnrichmentServiceStub(channel))
        async for frame in stream:
            for event in load.events(frame):
                received[event.product].append(event.sequence)


def _between(received: dict[str, list[int]], after: dict[str, int], upto: dict[str, int]) -> int:
    return sum(
        bisect_right(numbers, upto[product]) - bisect_right(numbers, after[product])
        for product, numbers in received.items()
    )


async def sustained(
    make: Callable[[float], Load], rates: Sequence[float], folder: Path, *, seconds: float
) -> tuple[Figure, ...]:
    """Raise the rate until the mesh no longer keeps up; report the best rate that it kept.

    A rate is kept when nothing is lost and what is left at the end is through within a second.
    """
    best: Outcome | None = None
    for rate in rates:
        load = make(rate)
        outcome = await apply(load, folder / f"{load.name}-{rate:.0f}", seconds=seconds)
        kept = outcome.lost == 0 and outcome.backlog_seconds < _KEPT_SECONDS
        click.echo(f"  {load.name}: {rate:,.0f}/s offered, {outcome.per_second:,.0f}/s, "
              f"lost {outcome.lost}, behind {outcome.backlog_seconds:.2f} s")  # fmt: skip
        if not kept:
            break
        best = outcome
    name = make(1.0).name
    rate_kept = 0.0 if best is None else best.per_second
    lost = 0 if best is None else best.lost
    return (
        Figure(
            name=f"sustained {name}, feed to stored and streamed",
            value=rate_kept,
            unit=f"{name}/s",
            wanted=make(1.0).wanted,
        ),
        Figure(name=f"lost at that rate ({name})", value=lost, unit=name, wanted="0"),
    )
