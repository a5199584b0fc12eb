"""Moves events from the source to the bus: numbers them, encodes them, publishes them.

A raw chain is an entry of its own; ticks and quotes that are ready together share one a product.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from deltastream.domain.errors import LeaseLostError
from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.feed.payloads import chain_legs, chain_payload, quote_payload, tick_payload
from deltastream.feed.progress import FeedProgress
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.tenure import Tenure
from deltastream.log_library import structlog
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.clock import Clock
from deltastream.ports.source import Source
from deltastream.runtime.backoff import patiently
from deltastream.runtime.telemetry.hops import Hop, Published
from deltastream.runtime.telemetry.traced_events import publishing

_log = structlog.get_logger()
_published: Final = Published(Hop.PUBLISHED)


class Pump:
    """The one writer of raw events, while it holds their tenure.

    Holds at most one batch: while the bus is away, or another feed writes, the source waits.
    """

    def __init__(
        self,
        *,
        source: Source,
        bus: Bus,
        tenure: Tenure,
        sequences: SequenceCounter,
        clock: Clock,
        progress: FeedProgress,
    ) -> None:
        self._source = source
        self._bus = bus
        self._tenure = tenure
        self._sequences = sequences
        self._clock = clock
        self._progress = progress

    async def run(self) -> None:
        """Pump until the source ends."""
        await self._tenure.held()
        async for batch in self._source.events():
            with publishing(len(batch)) as traceparent:
                entries = await self._publish(batch, traceparent)
            self._progress.count(batch, entries, at=self._clock())
            _published.note(entries)
        _log.info("source_exhausted", skipped=dict(self._source.skipped.counts))

    def entries_of(
        self, batch: Sequence[MarketEvent], traceparent: str | None = None
    ) -> list[Entry]:
        """Number and encode a batch, keeping the order within each kind and product.

        Args:
            batch: what is to be published together.
            traceparent: of its trace, if that is recorded.
        """
        groups: dict[tuple[type[MarketEvent], str], list[MarketEvent]] = {}
        for event in batch:
            groups.setdefault((type(event), event.product), []).append(event)
        return [
            entry
            for (kind, product), events in groups.items()
            for entry in self._encode(kind, product, events, traceparent)
        ]

    def _encode(
        self,
        kind: type[MarketEvent],
        product: str,
        events: Sequence[MarketEvent],
        traceparent: str | None,
    ) -> Iterable[Entry]:
        # Before the clock is looked at: an event is stamped with the time at which it goes out.
        chains = [(each, chain_legs(each)) for each in events if isinstance(each, OptionChain)]
        first, now = self._sequences.take(len(events)), self._clock()
        # The last sequence names an entry, so that a position after it is after all its events.
        last = first + len(events) - 1
        if kind is UnderlyingTick:
            ticks = [event for event in events if isinstance(event, UnderlyingTick)]
            payload = tick_payload(ticks, first_sequence=first, processed_at=now)
            yield _entry(SubjectKind.RAW_TICKS, product, last, payload, traceparent)
        elif kind is OptionQuote:
            quotes = [event for event in events if isinstance(event, OptionQuote)]
            payload = quote_payload(quotes, first_sequence=first)
            yield _entry(SubjectKind.RAW_QUOTES, product, last, payload, traceparent)
        else:
            for sequence, (chain, legs) in enumerate(chains, start=first):
                payload = chain_payload(chain, legs, sequence=sequence, published_at=now)
                yield _entry(SubjectKind.RAW_CHAINS, product, sequence, payload, traceparent)

    async def _publish(
        self, batch: Sequence[MarketEvent], traceparent: str | None
    ) -> Sequence[Entry]:
        """Publish a batch, however long that takes, and return it as the bus has it.

        While the bus is away, the same entries are published again, which is safe. Once another
        feed may have written, they could stand below its entries, and be taken for repetitions:
        then they are numbered anew, unless an attempt whose answer was lost has brought them in.
        """
        while True:
            leases = await self._tenure.held()
            entries = self.entries_of(batch, traceparent)
            try:
                await patiently(
                    partial(self._bus.publish, entries, under=leases),
                    event="publish_delayed",
                    entries=len(entries),
                )
            except LeaseLostError:
                self._tenure.lose(leases)
                arrived = partial(self._has_arrived, entries[-1])
                if not await patiently(arrived, event="publish_delayed"):
                    continue
            return entries

    async def _has_arrived(self, last: Entry) -> bool:
        """Say whether the bus has an entry; it takes all that are published together, or none."""
        before = {last.subject: last.sequence - 1}
        return last in await self._bus.tail(before, limit=1, wait=0.0)


def _entry(
    kind: SubjectKind, product: str, sequence: int, payload: bytes, traceparent: str | None
) -> Entry:
    return Entry(
        subject=subject_of(kind, product),
        sequence=sequence,
        payload=payload,
        traceparent=traceparent,
    )
