"""Moves events from the source to the bus: numbers them, encodes them, publishes them.

A raw chain is an entry of its own; ticks and quotes that are ready together share one a product.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.feed.progress import FeedProgress
from deltastream.feed.sequences import SequenceCounter
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.clock import Clock
from deltastream.ports.source import Source
from deltastream.runtime.codec.chains import encode_chain
from deltastream.runtime.codec.ticks import encode_quote, encode_tick

_log = structlog.get_logger()
_RETRY_SECONDS: Final = 0.5


class Pump:
    """The one writer of raw events.

    Holds at most one batch: while the bus is away, the source waits.
    """

    def __init__(
        self,
        *,
        source: Source,
        bus: Bus,
        sequences: SequenceCounter,
        clock: Clock,
        progress: FeedProgress,
    ) -> None:
        self._source = source
        self._bus = bus
        self._sequences = sequences
        self._clock = clock
        self._progress = progress

    async def run(self) -> None:
        """Pump until the source ends."""
        async for batch in self._source.events():
            entries = self.entries_of(batch)
            await self._publish(entries)
            self._progress.count(batch, entries, at=self._clock())
        _log.info("source_exhausted", skipped=dict(self._source.skipped.counts))

    def entries_of(self, batch: Sequence[MarketEvent]) -> list[Entry]:
        """Number and encode a batch, keeping the order within each kind and product."""
        groups: dict[tuple[type[MarketEvent], str], list[MarketEvent]] = {}
        for event in batch:
            groups.setdefault((type(event), event.product), []).append(event)
        return [
            entry
            for (kind, product), events in groups.items()
            for entry in self._encode(kind, product, events)
        ]

    def _encode(
        self, kind: type[MarketEvent], product: str, events: Sequence[MarketEvent]
    ) -> Iterable[Entry]:
        first = self._sequences.take(len(events))
        if kind is UnderlyingTick:
            yield self._tick_entry(
                product, [e for e in events if isinstance(e, UnderlyingTick)], first
            )
        elif kind is OptionQuote:
            yield _quote_entry(product, [e for e in events if isinstance(e, OptionQuote)], first)
        else:
            chains = (e for e in events if isinstance(e, OptionChain))
            for sequence, chain in enumerate(chains, start=first):
                yield self._chain_entry(chain, sequence)

    def _tick_entry(self, product: str, ticks: Sequence[UnderlyingTick], first: int) -> Entry:
        now = self._clock()
        batch = tick_pb2.UnderlyingTickBatch(
            ticks=[
                encode_tick(replace(tick, sequence=sequence, processed_at=now))
                for sequence, tick in enumerate(ticks, start=first)
            ]
        )
        # The last sequence names the entry, so that a position after it is after all its events.
        return _entry(
            SubjectKind.RAW_TICKS, product, first + len(ticks) - 1, batch.SerializeToString()
        )

    def _chain_entry(self, chain: OptionChain, sequence: int) -> Entry:
        message = encode_chain(replace(chain, sequence=sequence, published_at=self._clock()))
        return _entry(SubjectKind.RAW_CHAINS, chain.product, sequence, message.SerializeToString())

    async def _publish(self, entries: Sequence[Entry]) -> None:
        """Publish, however long the bus is away: repeating is safe by the bus's promise."""
        while True:
            try:
                await self._bus.publish(entries)
            except DependencyUnavailableError:
                _log.warning("publish_delayed", entries=len(entries))
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return


def _quote_entry(product: str, quotes: Sequence[OptionQuote], first: int) -> Entry:
    batch = chain_pb2.OptionQuoteBatch(
        quotes=[
            encode_quote(replace(quote, sequence=sequence))
            for sequence, quote in enumerate(quotes, start=first)
        ]
    )
    return _entry(
        SubjectKind.RAW_QUOTES, product, first + len(quotes) - 1, batch.SerializeToString()
    )


def _entry(kind: SubjectKind, product: str, sequence: int, payload: bytes) -> Entry:
    return Entry(subject=subject_of(kind, product), sequence=sequence, payload=payload)
