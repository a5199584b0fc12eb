"""Keeps the candles of all products while their ticks pass by."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from deltastream.domain.candles.book import CandleBook
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.candles.ticks import Ticks
from deltastream.domain.subjects import product_of
from deltastream.enrichment.candle_archive import CandleArchive
from deltastream.enrichment.candle_outbox import CandleNews, CandleOutbox
from deltastream.enrichment.enricher import Enriched
from deltastream.enrichment.recorder import Recorder
from deltastream.enrichment.tick_columns import possible_columns_of
from deltastream.log_library import structlog
from deltastream.runtime.backoff import patiently
from deltastream.runtime.codec.candles import decode_candle

_log = structlog.get_logger()


class CandleKeeper:
    """Has a book of candles for each product, and an outbox for what changes.

    Ticks of a product may be counted once it is ready: when its open windows have been brought
    back as the last process left them. Meanwhile they wait on the bus. What is forgotten, because
    another process goes on with it, can be made ready again, any number of times.
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
        # Which are asked for, each with a token of its own, so that one which is forgotten and
        # asked for again while it is being restored is not taken for the first.
        self._asked: dict[str, object] = {}
        self._has_been_asked = asyncio.Event()

    @property
    def dropped(self) -> Mapping[str, int]:
        """How many ticks came too late to be counted, by product, in this process."""
        return {product: book.dropped for product, book in self._books.items()}

    @property
    def unsent(self) -> Sequence[CandleNews]:
        """What is to be published, then stored, and then said to be `sent`."""
        return self._outbox.unsent

    def sent(self, news: Iterable[CandleNews]) -> None:
        """Take note that these are on the bus."""
        self._outbox.sent(news)

    def prepare(self, product: str) -> bool:
        """Say whether a product is ready; if it is not, it will be some time after this."""
        if product not in self._asked:
            self._asked[product] = object()
            self._has_been_asked.set()
        return product in self._books

    def forget(self, product: str) -> None:
        """Drop all that is known of a product: another process goes on with it."""
        self._asked.pop(product, None)
        self._books.pop(product, None)
        self._reported.pop(product, None)
        self._outbox.forget(product)

    async def run(self) -> None:
        """Make products ready, one after the other, until cancelled."""
        while True:
            await self._has_been_asked.wait()
            self._has_been_asked.clear()
            while (product := self._next_to_restore()) is not None:
                await patiently(
                    partial(self._restore, product), event="candles_wait", product=product
                )

    def _next_to_restore(self) -> str | None:
        return next((product for product in self._asked if product not in self._books), None)

    def count(self, results: Iterable[Enriched]) -> None:
        """Count the ticks among some results; their products are ready."""
        by_product: dict[str, list[tuple[int, Ticks]]] = {}
        for result in results:
            product = product_of(result.source.subject)
            if result.ticks and (ticks := possible_columns_of(result.ticks, product=product)):
                by_product.setdefault(product, []).append((result.source.sequence, ticks))
        now = self._clock()
        for product, entries in by_product.items():
            ticks = Ticks.joined([ticks for _, ticks in entries])
            self._outbox.add(
                product,
                self._books[product].apply(ticks, now=now),
                raw=max(sequence for sequence, _ in entries),
            )
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
        """Bring a product's candles back, unless it is forgotten meanwhile."""
        token = self._asked.get(product)
        if token is None:
            return
        found = await self._archive.recall(product)
        if found.told:
            await self._recorder.put(CandleNews(product=product, candles=tuple(found.told)))
        if self._asked.get(product) is not token:
            return
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
