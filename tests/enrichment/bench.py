"""A worker with all that it stands between: a bus, storage over a real database, and a clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.events import OptionChain
from deltastream.domain.instruments import Product
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.subjects import DEAD_LETTERS, SubjectKind, subject_of
from deltastream.enrichment.announcer import follow_catalog
from deltastream.enrichment.dead_letters import read_letter
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.replica import Replica
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.store import MarketStore, Window
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.codec.chains import encode_chain
from deltastream.runtime.streams.hub import StreamHub
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

NIFTY = Product(symbol="NIFTY", name="", exchange="", currency="INR", time_zone="Asia/Kolkata")
PRODUCTS = ("BANKNIFTY", "FINNIFTY", "NIFTY", "SPY", "TSLA")
CONSUMER = "enrichment-0"
RAW_CHAINS = subject_of(SubjectKind.RAW_CHAINS, "NIFTY")


@dataclass
class Stopwatch:
    """A clock that goes when it is told."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Bench:
    """What the worker stands between."""

    bus: Bus
    storage: StorageServiceStub
    store: MarketStore
    clock: Stopwatch = field(default_factory=Stopwatch)

    async def publish(self, *chains: OptionChain) -> None:
        await self.bus.publish(
            [
                Entry(
                    subject=subject_of(SubjectKind.RAW_CHAINS, raw.product),
                    sequence=raw.sequence,
                    payload=encode_chain(raw).SerializeToString(),
                )
                for raw in chains
            ]
        )

    async def stored(self, product: str = "NIFTY") -> list[int]:
        found = await self.store.chains(product, None, Window(limit=1000), with_legs=False)
        return sorted(one.chain.sequence for one in found)

    async def enriched(self, product: str = "NIFTY") -> list[int]:
        """Return the sequences of enriched chains, in the bus's order."""
        subject = subject_of(SubjectKind.ENRICHED_CHAINS, product)
        return [entry.sequence for entry in await self.bus.latest(subject, limit=1000)]

    async def holders(self) -> dict[str, list[str]]:
        """Return the products of each replica that has any."""
        found: dict[str, list[str]] = {}
        for product, holder in sorted((await self.bus.leases.holders(GROUP, PRODUCTS)).items()):
            found.setdefault(holder, []).append(product)
        return found

    async def unfinished(self, subject: str = RAW_CHAINS) -> list[int]:
        """Return the sequences that the group is not done with."""
        position = (await self.bus.positions(GROUP, [subject]))[subject]
        entries = await self.bus.tail({subject: position}, limit=1000, wait=0.0)
        return [entry.sequence for entry in entries]

    async def letters(self) -> list[pb.DeadLetter]:
        """Return all dead letters."""
        entries = await self.bus.latest(DEAD_LETTERS, limit=1000)
        return [read_letter(entry) for entry in entries]


@asynccontextmanager
async def working(
    bench: Bench,
    *,
    name: str = CONSUMER,
    most_waiting: int = 1000,
    enricher: Enricher | None = None,
    lease_seconds: float = 30.0,
    hubs: Sequence[StreamHub] = (),
) -> AsyncIterator[Replica]:
    """Run a replica; leaving the block ends it as abruptly as a crash would.

    Its leases are long, so that a slow machine does not take it for dead; one of its name goes on
    at once all the same.
    """
    catalog = Catalog(bench.bus)
    replica = Replica(
        name=name,
        bus=bench.bus,
        storage=bench.storage,
        catalog=catalog,
        enricher=enricher
        or Enricher(products=catalog.products, policy=PricingPolicy(), clock=utc_now),
        policy=LatenessPolicy(),
        clock=utc_now,
        stopwatch=bench.clock,
        hubs=hubs,
        most_waiting=most_waiting,
        lease_seconds=lease_seconds,
    )
    async with running(follow_catalog(catalog, bench.storage), replica.run()):
        yield replica
