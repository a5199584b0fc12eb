"""Reads raw events from the bus, enriches and publishes them, and hands them on to be stored."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from google.protobuf.message import DecodeError

from deltastream.domain.errors import DependencyUnavailableError, DomainError
from deltastream.domain.subjects import SubjectKind, product_of, subject_of
from deltastream.enrichment.candle_keeper import CandleKeeper
from deltastream.enrichment.dead_letters import DeadLetters
from deltastream.enrichment.enricher import Enriched, Enricher
from deltastream.enrichment.persist import Result
from deltastream.enrichment.recorder import Recorder
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.catalog import Catalog

_log = structlog.get_logger()
GROUP: Final = "enrichment"
_RAW: Final = (SubjectKind.RAW_TICKS, SubjectKind.RAW_QUOTES, SubjectKind.RAW_CHAINS)
_BATCH: Final = 32
_WAIT_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 0.5


class Worker:
    """Works through all raw subjects, each in its order.

    An entry is acknowledged only after its result, and the candles that it changed, are published
    and stored. Whatever dies in between, it is delivered again, and doing it again changes
    nothing: the result carries its sequence, and a tick is counted once.
    """

    def __init__(
        self,
        *,
        bus: Bus,
        catalog: Catalog,
        consumer: str,
        enricher: Enricher,
        candles: CandleKeeper,
        recorder: Recorder,
        dead_letters: DeadLetters,
    ) -> None:
        self._bus = bus
        self._catalog = catalog
        self._consumer = consumer
        self._enricher = enricher
        self._candles = candles
        self._recorder = recorder
        self._dead_letters = dead_letters
        self._subjects: list[str] = []

    async def run(self) -> None:
        """Work until cancelled; a bus that is away is waited for."""
        while True:
            try:
                await self._join_new_subjects()
                entries = await self._next()
                self._candles.pass_time(heard=_ticking(entries))
                await self._handle(entries)
            except DependencyUnavailableError as error:
                _log.warning("enrichment_waits", error=str(error))
                # What was received and not finished comes back as pending.
                self._subjects.clear()
                await asyncio.sleep(_RETRY_SECONDS)

    async def _next(self) -> Sequence[Entry]:
        if not self._subjects:
            await asyncio.sleep(_WAIT_SECONDS)
            return ()
        return await self._bus.receive(
            GROUP, self._consumer, self._subjects, limit=_BATCH, wait=_WAIT_SECONDS
        )

    async def _join_new_subjects(self) -> None:
        """Take up subjects of new products, first what this consumer left unfinished there.

        Ticks are taken up when the product's candles are ready to go on; nothing else waits.
        """
        followed = set(self._subjects)
        known = (subject_of(kind, product) for product in self._catalog.products for kind in _RAW)
        fresh = [
            subject for subject in known if subject not in followed and self._is_ready(subject)
        ]
        if not fresh:
            return
        await self._bus.join(GROUP, fresh)
        for subject in fresh:
            await self._finish_pending(subject)
            self._subjects.append(subject)

    def _is_ready(self, subject: str) -> bool:
        return not _has_ticks(subject) or self._candles.prepare(product_of(subject))

    async def _finish_pending(self, subject: str) -> None:
        """Do again what was delivered before and never acknowledged."""
        entries = await self._bus.pending(GROUP, self._consumer, subject, limit=_BATCH)
        if entries:
            _log.info("pending_resumed", subject=subject, first=entries[0].sequence)
        while entries:
            await self._handle(entries)
            # Acknowledged entries are pending no more: the next read goes on behind them.
            await self._recorder.settled()
            entries = await self._bus.pending(GROUP, self._consumer, subject, limit=_BATCH)

    async def _handle(self, entries: Sequence[Entry]) -> None:
        results = [done for entry in entries if (done := await self._enrich(entry)) is not None]
        self._candles.count(results)
        outcome: list[Result] = [*self._candles.unsent, *results]
        await self._bus.publish([o.publication for o in outcome if o.publication is not None])
        self._candles.sent()
        for each in outcome:
            await self._recorder.put(each)

    async def _enrich(self, entry: Entry) -> Enriched | None:
        try:
            return self._enricher.enrich(entry)
        except (DomainError, DecodeError) as error:
            await self._dead_letters.bury(entry, error)
            await self._bus.acknowledge(GROUP, [entry])
            return None


def _has_ticks(subject: str) -> bool:
    return subject.startswith(f"{SubjectKind.RAW_TICKS}:")


def _ticking(entries: Sequence[Entry]) -> set[str]:
    """Return the products of which there are ticks."""
    return {product_of(entry.subject) for entry in entries if _has_ticks(entry.subject)}
