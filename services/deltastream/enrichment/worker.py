"""Enriches and publishes what is read, and hands it on to be stored."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from deltastream.domain.errors import LeaseLostError
from deltastream.domain.subjects import product_of
from deltastream.enrichment.candle_keeper import CandleKeeper
from deltastream.enrichment.candle_outbox import CandleNews
from deltastream.enrichment.care import in_turn
from deltastream.enrichment.enricher import Enriched, Enricher
from deltastream.enrichment.handover import Handover
from deltastream.enrichment.holdings import Holding, Holdings
from deltastream.enrichment.measures import enriching, note_published
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.reading import Reader, ticking_products
from deltastream.enrichment.recorder import Finished, Record, Recorder
from deltastream.enrichment.tries import TRIES, GivenUp, Trouble, attempt
from deltastream.log_library import structlog
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.leases import Lease
from deltastream.runtime.backoff import patiently
from deltastream.runtime.telemetry.traced_events import handling

_log = structlog.get_logger()
# Each entry that is handled with care waits for storage: the others must not wait for that long.
# What is left over has its turn when the process has ended once more, further on.
_CARE_SECONDS: Final = 1.0
# So many are worked on without a pause, which is some tens of milliseconds at most.
_AT_ONCE: Final = 32
# Enriching eight chains together costs a third of enriching each: where much comes, a little more
# is waited for.
_GATHERING_SECONDS: Final = 0.005
_FEW: Final = 3

Judged = Sequence[Enriched | GivenUp]
"""What has become of some entries, in their order."""


class Worker:
    """Works through the raw subjects of what is held, each in its order.

    A position is committed only after the results up to it, and the candles that they changed,
    are published and stored. Whatever ends in between, another goes on from that position, and
    doing it again changes nothing: a result carries its entry's sequence, and a tick is counted
    once. Results are published under the product's lease: a replica that was taken for dead
    publishes, and then stores, nothing more of it.

    Where an earlier reader has ended without getting any further, the next entries are handled
    with care: one by one, each committed before the next. See `_handle_with_care`.
    """

    def __init__(
        self,
        *,
        bus: Bus,
        reader: Reader,
        holdings: Holdings,
        enricher: Enricher,
        candles: CandleKeeper,
        recorder: Recorder,
        handover: Handover,
    ) -> None:
        self._bus = bus
        self._reader = reader
        self._holdings = holdings
        self._enricher = enricher
        self._candles = candles
        self._recorder = recorder
        self._handover = handover
        self._in_hand = asyncio.Lock()

    async def run(self) -> None:
        """Work until cancelled; a bus that is away is waited for."""
        entries: Sequence[Entry] = ()
        while True:
            if len(entries) > _FEW:
                await asyncio.sleep(_GATHERING_SECONDS)
            entries = await patiently(self._reader.next, event="enrichment_waits")
            self._candles.pass_time(heard=ticking_products(entries))
            for batch in _batches(await self._handle_suspects(entries)):
                await self._handle(batch, self._attempt)

    async def finish(self) -> None:
        """Return when everything that was begun is stored and committed."""
        async with self._in_hand:
            pass
        await self._recorder.settled()

    async def _handle_suspects(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Handle what was read of suspect subjects, for a while, and return all the rest."""
        suspects = self._holdings.take_suspects()
        if not suspects:
            return entries
        waiting = deque(in_turn(suspects, entries))
        loop = asyncio.get_running_loop()
        end = loop.time() + _CARE_SECONDS
        while waiting and loop.time() < end:
            entry = waiting.popleft()
            await self._handle_with_care(entry, ended=suspects.get(entry.subject, 0))
            suspects[entry.subject] = 0
        return [*waiting, *(entry for entry in entries if entry.subject not in suspects)]

    async def _handle_with_care(self, entry: Entry, *, ended: int) -> None:
        """Handle an entry, and commit it before any other of its subject is begun.

        Before, the position is moved to right before the entry, so that the bus counts against
        this entry, and no other, if the process ends now. An entry at which that has happened
        often enough is given up without being tried once more.

        Args:
            entry: the next of its subject.
            ended: how many readers have ended at the position before it.
        """
        holding = self._holdings.reading(product_of(entry.subject), entry.subject)
        if holding is None:
            return
        if ended:
            _log.warning(
                "readers_have_ended", subject=entry.subject, next=entry.sequence, times=ended
            )
        if holding.positions[entry.subject] < entry.sequence - 1:
            ended = 0
            await self._move(holding, entry.subject, entry.sequence - 1)
        judge = self._attempt if ended < TRIES else partial(_give_up, ended)
        await self._handle([entry], judge)
        await self._recorder.settled()

    async def _move(self, holding: Holding, subject: str, position: int) -> None:
        try:
            await patiently(
                lambda: self._bus.commit(GROUP, {subject: position}, under=(holding.lease,)),
                event="commit_delayed",
            )
        except LeaseLostError as error:
            self._holdings.lose(error.names, [holding.lease])

    async def _handle(
        self, entries: Sequence[Entry], judge: Callable[[Sequence[Entry]], Judged]
    ) -> None:
        async with self._in_hand:
            with handling("enrich", (entry.traceparent for entry in entries)):
                records = await self._enrich(entries, judge)
            for record in records:
                await self._recorder.put(record)

    async def _enrich(
        self, entries: Sequence[Entry], judge: Callable[[Sequence[Entry]], Judged]
    ) -> list[Record]:
        """Enrich and publish, and return what is to be stored."""
        begun = list(self._begin(entries))
        judged = judge([entry for entry, _ in begun])
        finished = [
            Finished(result=result, lease=lease)
            for result, (_, lease) in zip(judged, begun, strict=True)
        ]
        self._candles.count(each.result for each in finished if isinstance(each.result, Enriched))
        return await self._publish(finished)

    def _begin(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Lease]]:
        """Yield the entries that are still ours to handle, and count them as read."""
        for entry in entries:
            holding = self._holdings.reading(product_of(entry.subject), entry.subject)
            if holding is not None:
                holding.positions[entry.subject] = entry.sequence
                yield entry, holding.lease

    def _attempt(self, entries: Sequence[Entry]) -> Judged:
        with enriching(entries):
            return attempt(self._enricher, entries)

    async def _publish(self, finished: Sequence[Finished]) -> list[Record]:
        """Publish results, and all news of candles, where we hold the lease; return those."""
        while True:
            news = self._news()
            leases = {each.lease for each in finished if _publication(each)} | set(news.values())
            records: list[Record] = [*news, *finished]
            try:
                await self._publish_under(leases, records)
            except LeaseLostError as error:
                # With the product, its news are forgotten too.
                lost = self._holdings.lose(error.names, leases)
                finished = [each for each in finished if each.lease not in lost]
            else:
                self._candles.sent(news)
                self._hand_over(records)
                # Who listens has it before more is read, and before this is recorded.
                await asyncio.sleep(0)
                note_published(records)
                return records

    def _hand_over(self, records: Iterable[Record]) -> None:
        for record in records:
            publication = _publication(record)
            if publication is not None:
                self._handover.published(publication)
            elif isinstance(record, Finished) and isinstance(record.result, GivenUp):
                self._handover.forget(product_of(record.result.source.subject))

    def _news(self) -> dict[CandleNews, Lease]:
        """Return unsent news of candles, each with the lease of its product."""
        held = ((news, self._holdings.get(news.product)) for news in self._candles.unsent)
        return {news: holding.lease for news, holding in held if holding is not None}

    async def _publish_under(self, leases: Collection[Lease], records: Iterable[Record]) -> None:
        entries = [entry for each in records if (entry := _publication(each)) is not None]
        if entries:
            await patiently(
                lambda: self._bus.publish(entries, under=tuple(leases)),
                event="publish_delayed",
                entries=len(entries),
            )


def _publication(record: Record) -> Entry | None:
    if isinstance(record, CandleNews):
        return record.publication
    return record.result.publication if isinstance(record.result, Enriched) else None


def _give_up(ended: int, entries: Sequence[Entry]) -> Judged:
    error = f"the process ended {ended} times while it handled this event"
    return [
        GivenUp(source=entry, error=error, tries=ended, trouble=Trouble.ENDED_PROCESS)
        for entry in entries
    ]


def _batches(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Cut entries into parts; one, which is empty, if there are none: candles may have news."""
    return (entries[at : at + _AT_ONCE] for at in range(0, max(1, len(entries)), _AT_ONCE))
