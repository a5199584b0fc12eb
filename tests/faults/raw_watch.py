"""What the real feed has put on the bus, seen by a reader of its raw streams."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from tests.faults.ledger import Ledger

from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import SubjectKind, product_of, subject_of
from deltastream.market.v1 import tick_pb2
from deltastream.ports.bus import Entry

_BATCH: Final = 200
_WAIT_SECONDS: Final = 0.2


@dataclass(slots=True)
class RawWatch:
    """Ledgers of the raw streams: what the bus has shown must be stored.

    Attributes:
        chains, ticks: every event seen, by product.
    """

    chains: Ledger = field(default_factory=Ledger)
    ticks: Ledger = field(default_factory=Ledger)

    def note(self, entry: Entry) -> None:
        """Write an entry into the ledger of its kind."""
        product = product_of(entry.subject)
        if entry.subject.startswith(f"{SubjectKind.RAW_TICKS}:"):
            for tick in tick_pb2.UnderlyingTickBatch.FromString(entry.payload).ticks:
                self.ticks.acknowledge(product, tick.sequence)
        else:
            self.chains.acknowledge(product, entry.sequence)


@asynccontextmanager
async def watching_raw(bus_url: str, products: Iterable[str]) -> AsyncIterator[RawWatch]:
    """Watch the raw streams of products from now on, while the block runs.

    What was published before its end is seen before it ends.
    """
    kinds = (SubjectKind.RAW_TICKS, SubjectKind.RAW_CHAINS)
    subjects = [subject_of(kind, product) for kind in kinds for product in products]
    watch, bus = RawWatch(), RedisStreamsBus(bus_url)
    positions = {subject: await bus.last_sequence(subject) for subject in subjects}
    task = asyncio.create_task(_watch(watch, bus, positions))
    try:
        yield watch
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await _take(watch, bus, positions, wait=0.0)
    finally:
        task.cancel()
        await bus.close()


async def _watch(watch: RawWatch, bus: RedisStreamsBus, positions: dict[str, int]) -> None:
    while True:
        try:
            await _take(watch, bus, positions, wait=_WAIT_SECONDS)
        except DependencyUnavailableError:
            await asyncio.sleep(_WAIT_SECONDS)


async def _take(
    watch: RawWatch, bus: RedisStreamsBus, positions: dict[str, int], *, wait: float
) -> None:
    entries: Sequence[Entry] = await bus.tail(positions, limit=_BATCH, wait=wait)
    for entry in entries:
        watch.note(entry)
        positions[entry.subject] = entry.sequence
