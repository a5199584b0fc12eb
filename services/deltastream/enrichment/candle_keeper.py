"""Keeps the candles of all products while their ticks pass by."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import grpc
import structlog

from deltastream.domain.candles.book import CandleBook
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import product_of
from deltastream.enrichment.candle_archive import CandleArchive
from deltastream.enrichment.candle_outbox import CandleNews, CandleOutbox
from deltastream.enrichment.enricher import Enriched
from deltastream.enrichment.recorder import Recorder
from deltastream.enrichment.tick_columns import are_possible, columns_of
from deltastream.runtime.codec.candles import decode_candle

_log = structlog.get_logger()
_RETRY_SECONDS: Final = 0.5


class CandleKeeper:
    """Has a book of candles for each product, and an outbox for what changes.

    Ticks of a product may be counted once it is ready: when its open windows have been brought
    back as the last process left them. Meanwhile they wait on the bus.
    """

    def __init__(
        self,
        *,
        archive: CandleArchive,
        recorder: Recorder,
        policy: LatenessPolicy,
        clock: Callable[[], float],
    ) -> None:
        """Make a keeper; `run` must run beside it.

        Args:
            archive: what the last process left.
            recorder: takes what that process told and did not store.
            policy: how long event time is waited for.
            clock: seconds, never going back.
        """
        self._archive = archive
        self._recorder = recorder
        self._policy = policy
        self._clock = clock
        self._outbox = CandleOutbox()
        self._books: dict[str, CandleBook] = {}
        self._reported: dict[str, int] = {}
        self._asked: set[str] = set()
        self._to_restore: asyncio.Queue[str] = asyncio.Queue()

    @property
    def dropped(self) -> Mapping[str, int]:
        """How many ticks came too late to be counted, by product, in this process."""
        return {product: book.dropped for product, book in self._books.items()}

    @property
    def unsent(self) -> Sequence[CandleNews]:
        """What is to be published, then stored, and then said to be `sent`."""
        return self._outbox.unsent

    def sent(self) -> None:
        """Take note that all that was unsent is on the bus."""
        self._outbox.clear()

    def prepare(self, product: str) -> bool:
        """Say whether a product is ready; if it is not, it will be some time after this."""
        if product not in self._asked:
            self._asked.add(product)
            # Bounded: each product is put in once.
            self._to_restore.put_nowait(product)
        return product in self._books

    async def run(self) -> None:
        """Make products ready, one after the other, until cancelled."""
        while True:
            product = await self._to_restore.get()
            while product not in self._books:
                try:
                    await self._restore(product)
                except (grpc.aio.AioRpcError, DependencyUnavailableError) as error:
                    _log.warning("candles_wait", product=product, error=type(error).__name__)
                    await asyncio.sleep(_RETRY_SECONDS)

    def count(self, results: Iterable[Enriched]) -> None:
        """Count the ticks among some results; their products are ready."""
        by_product: dict[str, list[Enriched]] = {}
        for result in results:
            product = product_of(result.source.subject)
            if result.ticks and are_possible(result.ticks, product=product):
                by_product.setdefault(product, []).append(result)
        now = self._clock()
        for product, group in by_product.items():
            changed = self._books[product].apply(columns_of([r.ticks for r in group]), now=now)
            self._outbox.add(product, changed, raw=max(r.source.sequence for r in group))
            self._report(product)

    def pass_time(self, *, heard: AbstractSet[str]) -> None:
        """Settle what is over by the clock, after the bus has been listened to.

        Args:
            heard: products of which ticks have come just now, and are yet to be counted.
        """
        now = self._clock()
        for product, book in self._books.items():
            if product not in heard:
                self._outbox.add(product, book.pass_time(now=now), raw=None)

    async def _restore(self, product: str) -> None:
        found = await self._archive.recall(product)
        if found.told:
            await self._recorder.put(CandleNews(candles=tuple(found.told)))
        book = CandleBook(product=product, policy=self._policy)
        changed = book.restore(
            map(decode_candle, (*found.stored, *found.told)), found.ticks, now=self._clock()
        )
        self._outbox.resume(product, found.last)
        newest = int(found.ticks.sequences.max(initial=0))
        self._outbox.add(product, changed, raw=newest)
        self._books[product] = book
        _log.info("candles_resumed", product=product, ticks=len(found.ticks), last=found.last)

    def _report(self, product: str) -> None:
        """Log dropped ticks whenever their number has doubled: seen at once, and never a flood."""
        dropped = self._books[product].dropped
        if dropped >= 2 * self._reported.get(product, 0) and dropped:
            self._reported[product] = dropped
            _log.warning("late_ticks_dropped", product=product, total=dropped)
