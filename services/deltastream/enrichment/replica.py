"""One replica of enrichment: what takes part in its work, joined."""

import asyncio
from collections.abc import Callable, Sequence

from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.enrichment.candle_archive import CandleArchive
from deltastream.enrichment.candle_keeper import CandleKeeper
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.handover import Handover
from deltastream.enrichment.holdings import Holdings
from deltastream.enrichment.ownership import GROUP, LEASE_SECONDS, Ownership
from deltastream.enrichment.reading import Reader
from deltastream.enrichment.recorder import MOST_WAITING, Recorder
from deltastream.enrichment.stored_history import StoredHistory
from deltastream.enrichment.worker import Worker
from deltastream.ports.bus import Bus
from deltastream.ports.clock import Clock
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


class Replica:
    """Enriches its share of the products, in order, while others enrich theirs."""

    def __init__(
        self,
        *,
        name: str,
        bus: Bus,
        storage: StorageServiceStub,
        catalog: Catalog,
        enricher: Enricher,
        policy: LatenessPolicy,
        clock: Clock,
        stopwatch: Callable[[], float],
        hubs: Sequence[StreamHub] = (),
        most_waiting: int = MOST_WAITING,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """Join a replica; it begins when it is run.

        Args:
            name: which no other living replica has.
            bus: where raw events come from, and enriched ones go to.
            storage: where results are stored.
            catalog: knows the products; somebody must follow it.
            enricher: says what events mean.
            policy: how long candles wait for ticks.
            clock: says when an event was given up.
            stopwatch: seconds, never going back, by which candles notice silence.
            hubs: the streams of its results, in the same process.
            most_waiting: how many results may wait to be stored.
            lease_seconds: how long the others wait for this one when it is not heard of.
        """
        holdings = Holdings()
        handover = Handover(hubs)
        self._recorder = Recorder(
            bus=bus,
            storage=storage,
            group=GROUP,
            holdings=holdings,
            clock=clock,
            most=most_waiting,
        )
        self.candles = CandleKeeper(
            archive=CandleArchive(bus=bus, history=StoredHistory(storage), policy=policy),
            recorder=self._recorder,
            policy=policy,
            clock=stopwatch,
        )
        holdings.when_gone(self.candles.forget)
        holdings.when_gone(handover.forget)
        self._worker = Worker(
            bus=bus,
            reader=Reader(bus=bus, holdings=holdings, candles=self.candles),
            holdings=holdings,
            enricher=enricher,
            candles=self.candles,
            recorder=self._recorder,
            handover=handover,
        )
        self._ownership = Ownership(
            leases=bus.leases,
            member=name,
            products=catalog.products,
            holdings=holdings,
            finish=self._worker.finish,
            lease_seconds=lease_seconds,
        )
        self._holdings = holdings

    @property
    def members(self) -> Sequence[str]:
        """All living replicas, as this one has seen them last."""
        return self._ownership.members

    @property
    def products(self) -> Sequence[str]:
        """What this replica holds now."""
        return sorted(lease.name for lease in self._holdings.leases)

    @property
    def waiting(self) -> int:
        """How many results wait to be stored."""
        return self._recorder.waiting

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._recorder.run())
            group.create_task(self.candles.run())
            group.create_task(self._ownership.run())
            group.create_task(self._worker.run())

    async def drain(self, *, seconds: float) -> None:
        """Finish what is in hand, and leave the products to the others. It must still run."""
        await self._ownership.drain(seconds=seconds)
