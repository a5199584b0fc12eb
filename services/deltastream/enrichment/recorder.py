"""Stores what was enriched, then commits it to the bus: in this order, so nothing is lost."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from deltastream.domain.errors import LeaseLostError
from deltastream.enrichment.candle_outbox import CandleNews
from deltastream.enrichment.dead_letters import log_given_up, write_letter
from deltastream.enrichment.enricher import Enriched
from deltastream.enrichment.holdings import Holdings
from deltastream.enrichment.measures import note_given_up, note_stored
from deltastream.enrichment.persist import Refusal, Result, persist_apart
from deltastream.enrichment.tries import GivenUp, Trouble
from deltastream.log_library import structlog
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.clock import Clock
from deltastream.ports.leases import Lease
from deltastream.runtime.backoff import patiently
from deltastream.runtime.telemetry.traced_events import handling
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_log = structlog.get_logger()
MOST_WAITING: Final = 1000
# Storing many at once costs a fraction of storing each, and who listens does not wait for it.
_GATHERING_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """An entry that has been worked on.

    Attributes:
        result: what came of it.
        lease: under which its entry was read and its result published.
    """

    result: Enriched | GivenUp
    lease: Lease


Record = Finished | CandleNews
"""What the recorder takes."""


class Recorder:
    """Takes results and makes them durable, in their order, in batches of whatever has gathered.

    Its queue is bounded: when storage is slower than the market, `put` waits, the worker stops
    reading, and the events wait on the bus.

    Storing needs no lease. What is stored was published first, under a lease that the bus found
    valid; a replica that has lost it meanwhile, and stores late, stores what its successor finds
    published and stores as well. Rows are keyed by what they are about, and one of a lower
    sequence, or of an earlier revision of a candle, replaces none: late writes change nothing.
    Quotes are stored without having been published, and guarded by their sequence alone. Only
    committing needs the lease, or a late commit would skip what the successor has in hand.
    """

    def __init__(
        self,
        *,
        bus: Bus,
        storage: StorageServiceStub,
        group: str,
        holdings: Holdings,
        clock: Clock,
        most: int = MOST_WAITING,
    ) -> None:
        """Make a recorder; `run` must run beside it.

        Args:
            bus: where positions are committed.
            storage: where results are stored.
            group: whose positions they are.
            holdings: told of products whose lease the bus finds lost.
            clock: says when an event was given up.
            most: how many results may wait.
        """
        self._bus = bus
        self._storage = storage
        self._group = group
        self._holdings = holdings
        self._clock = clock
        self._queue: asyncio.Queue[Record | asyncio.Event] = asyncio.Queue(most)
        self._awaited = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How much waits to be stored."""
        return self._queue.qsize()

    async def put(self, record: Record) -> None:
        """Hand over one result; waits while the queue is full.

        Candles go before the entries that changed them: none of these is committed before.
        """
        await self._queue.put(record)

    async def settled(self) -> None:
        """Return when everything handed over so far is stored and committed."""
        passed = asyncio.Event()
        await self._queue.put(passed)
        self._awaited.set()
        await passed.wait()

    async def run(self) -> None:
        """Record until cancelled. What is cancelled half-way is done again by whoever goes on."""
        while True:
            gathered = await self._gather()
            records = [each for each in gathered if not isinstance(each, asyncio.Event)]
            if records:
                await self._record(records)
            for each in gathered:
                if isinstance(each, asyncio.Event):
                    each.set()

    async def _gather(self) -> list[Record | asyncio.Event]:
        """Return what waits and what comes within a moment, or until somebody waits for it."""
        gathered = [await self._queue.get()]
        with suppress(TimeoutError):
            async with asyncio.timeout(_GATHERING_SECONDS):
                await self._awaited.wait()
        while not self._queue.empty():
            gathered.append(self._queue.get_nowait())
        self._awaited.clear()
        return gathered

    async def _record(self, records: Sequence[Record]) -> None:
        """Store and commit a batch, however long storage or bus are away."""
        finished = [each for each in records if isinstance(each, Finished)]
        to_store: list[Result] = [each for each in records if isinstance(each, CandleNews)]
        to_store += [each.result for each in finished if isinstance(each.result, Enriched)]
        with handling("store", (each.result.source.traceparent for each in finished)):
            refusals = await patiently(
                lambda: persist_apart(self._storage, to_store),
                event="recording_delayed",
                entries=len(finished),
            )
        if refusals:
            finished = _without_refused(finished, refusals)
        note_stored(finished)
        await self._commit(finished)

    async def _commit(self, finished: Sequence[Finished]) -> None:
        """Commit what is still ours to commit."""
        while finished:
            leases = {each.lease for each in finished}
            try:
                await self._commit_under(leases, finished)
            except LeaseLostError as error:
                lost = self._holdings.lose(error.names, leases)
                finished = [each for each in finished if each.lease not in lost]
            else:
                return

    async def _commit_under(self, leases: Collection[Lease], finished: Sequence[Finished]) -> None:
        given_up = [each.result for each in finished if isinstance(each.result, GivenUp)]
        letters = [write_letter(each, self._clock) for each in given_up]
        # The newest of each subject: they came in order.
        positions = {each.result.source.subject: each.result.source.sequence for each in finished}
        await patiently(
            lambda: self._bus.commit(self._group, positions, under=tuple(leases), letters=letters),
            event="commit_delayed",
            entries=len(finished),
        )
        for each in given_up:
            log_given_up(each)
            note_given_up(each)


def _refused(source: Entry, error: str) -> GivenUp:
    return GivenUp(source=source, error=error, tries=1, trouble=Trouble.REFUSED_BY_STORAGE)


def _without_refused(finished: Sequence[Finished], refusals: Sequence[Refusal]) -> list[Finished]:
    """Give up the entries that storage refuses; it would refuse them again."""
    errors = {id(refusal.item): refusal.error for refusal in refusals}
    for refusal in refusals:
        if isinstance(refusal.item, CandleNews):
            # They stem from ticks that storage has taken: it cannot refuse their values.
            _log.error("candles_refused", product=refusal.item.product, error=refusal.error)
    return [
        replace(each, result=_refused(each.result.source, error))
        if (error := errors.get(id(each.result)))
        else each
        for each in finished
    ]
