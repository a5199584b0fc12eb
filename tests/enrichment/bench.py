"""A worker with all that it stands between: a bus, storage over a real database, and a clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.events import OptionChain
from deltastream.domain.instruments import Product
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.announcer import follow_catalog
from deltastream.enrichment.candle_archive import CandleArchive
from deltastream.enrichment.candle_keeper import CandleKeeper
from deltastream.enrichment.dead_letters import DeadLetters
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.recorder import Recorder
from deltastream.enrichment.stored_history import StoredHistory
from deltastream.enrichment.worker import GROUP, Worker
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.store import MarketStore, Window
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.codec.chains import encode_chain
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

NIFTY = Product(symbol="NIFTY", name="", exchange="", currency="INR", time_zone="Asia/Kolkata")
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

    async def stored(self) -> list[int]:
        found = await self.store.chains("NIFTY", None, Window(limit=1000), with_legs=False)
        return sorted(one.chain.sequence for one in found)

    async def unacknowledged(self, subject: str = RAW_CHAINS) -> list[int]:
        entries = await self.bus.pending(GROUP, CONSUMER, subject, limit=1000)
        return [entry.sequence for entry in entries]


@asynccontextmanager
async def working(bench: Bench, *, recorded_at_once: int = 1000) -> AsyncIterator[CandleKeeper]:
    """Run a worker; leaving the block ends it as abruptly as a crash would."""
    policy = LatenessPolicy()
    catalog = Catalog(bench.bus)
    dead_letters = DeadLetters(bus=bench.bus, clock=utc_now)
    recorder = Recorder(
        bus=bench.bus,
        storage=bench.storage,
        group=GROUP,
        dead_letters=dead_letters,
        most=recorded_at_once,
    )
    candles = CandleKeeper(
        archive=CandleArchive(bus=bench.bus, history=StoredHistory(bench.storage), policy=policy),
        recorder=recorder,
        policy=policy,
        clock=bench.clock,
    )
    worker = Worker(
        bus=bench.bus,
        catalog=catalog,
        consumer=CONSUMER,
        enricher=Enricher(products=catalog.products, policy=PricingPolicy(), clock=utc_now),
        candles=candles,
        recorder=recorder,
        dead_letters=dead_letters,
    )
    async with running(
        follow_catalog(catalog, bench.storage), worker.run(), candles.run(), recorder.run()
    ):
        yield candles
