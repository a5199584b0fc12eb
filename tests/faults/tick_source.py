"""A feed of ticks of the harness's own, at a steady rate."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from tests.faults.generator import ledger_products, writing

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import UnderlyingTick
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.feed.sequences import SequenceCounter
from deltastream.market.v1 import tick_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.codec.ticks import encode_tick


@asynccontextmanager
async def ticking(
    bus_url: str, *, products: int, per_second: float, together: int = 1
) -> AsyncIterator[list[str]]:
    """Publish ticks of invented products while the block runs; yields their symbols.

    Args:
        bus_url: where to.
        products: how many. All of them tick at once, again and again.
        per_second: ticks of all products together.
        together: how many ticks of a product come at a time, and share an entry of the bus.
    """
    invented = ledger_products(products, prefix="TICK")
    symbols = [product.symbol for product in invented]
    async with writing(bus_url, invented) as (bus, tenure, sequences):
        await tenure.held()
        task = asyncio.create_task(
            _tick(bus, symbols, sequences, together, every=products * together / per_second)
        )
        try:
            yield symbols
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _tick(
    bus: Bus, symbols: Sequence[str], sequences: SequenceCounter, together: int, *, every: float
) -> None:
    clock = asyncio.get_running_loop().time
    due = clock()
    while True:
        with suppress(DependencyUnavailableError):
            await bus.publish(
                [_entry(symbol, sequences.take(together), together) for symbol in symbols]
            )
        # What could not be published in time is over.
        due = max(due + every, clock() - every)
        await asyncio.sleep(max(0.0, due - clock()))


def _entry(product: str, first: int, count: int) -> Entry:
    """Make the entry of some ticks; the last names it, as in the feed."""
    now = datetime.now(UTC)
    ticks = [
        UnderlyingTick(
            product=product, price=100.0, timestamp=now, sequence=sequence, processed_at=now
        )
        for sequence in range(first, first + count)
    ]
    batch = tick_pb2.UnderlyingTickBatch(ticks=map(encode_tick, ticks))
    return Entry(
        subject=subject_of(SubjectKind.RAW_TICKS, product),
        sequence=ticks[-1].sequence,
        payload=batch.SerializeToString(),
    )
