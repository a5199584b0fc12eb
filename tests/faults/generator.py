"""A feed of the harness's own, whose every event is written in a ledger."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from tests.faults.ledger import Ledger

from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.domain.events import LEG_COLUMNS, Legs, MarketEvent, OptionChain
from deltastream.domain.instruments import Product
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.session import UNKNOWN_MARKET, MarketState, SourceKind
from deltastream.domain.subjects import SubjectKind, product_of
from deltastream.feed.progress import FeedProgress
from deltastream.feed.pump import Pump
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.start import announce
from deltastream.feed.tenure import Tenure
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.source import SkippedRecords
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now

POISON_PRICE: Final = 666.0
"""Of a chain on which a build that is broken so chokes."""

_STRIKES: Final = np.arange(90.0, 111.0)
_FORWARD: Final = 100.2
_DAYS: Final = 7
_PULSE_SECONDS: Final = 0.02
# After a pause of the bus, what is due is caught up in batches of this size.
_MOST_AT_ONCE: Final = 64
_LAST_BATCH_SECONDS: Final = 30.0


def ledger_products(count: int, *, prefix: str = "LEDGER") -> tuple[Product, ...]:
    """Invent products that no feed has."""
    return tuple(
        Product(
            symbol=f"{prefix}{number}",
            name=f"Ledger {number}",
            exchange="",
            currency="INR",
            time_zone="Asia/Kolkata",
            lot_size=1.0,
        )
        for number in range(1, count + 1)
    )


class LedgerSource:
    """Chains of 21 strikes at a steady rate, of one product after the other.

    See `ports.source` for what is promised. What could not be taken in time comes as fast as it
    is taken then.
    """

    kind = SourceKind.SYNTHETIC
    description = "the ledger's generator"

    def __init__(self, products: Sequence[Product], *, per_second: float) -> None:
        self.products = products
        self.skipped = SkippedRecords()
        self.exhausted = False
        self.per_second = per_second
        self._stopping = False
        self._poison = False
        self._surge = 0
        expires = datetime.now(UTC) + timedelta(days=_DAYS)
        self._patterns = [chain_of(product.symbol, expires) for product in products]

    def market(self, product: str, now: datetime) -> MarketState:
        """Nothing is known of a market."""
        del product, now
        return UNKNOWN_MARKET

    def notices(self, now: datetime) -> Sequence[str]:
        """Nothing needs attention."""
        del now
        return ()

    def stop(self) -> None:
        """End after the batch that is under way."""
        self._stopping = True

    def surge(self, chains: int) -> None:
        """Have so many more due at once."""
        self._surge += chains

    def poison_next(self) -> None:
        """Give the next chain a price at which a build that is broken so chokes."""
        self._poison = True

    async def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        """Yield what is due, until stopped."""
        clock = asyncio.get_running_loop().time
        begun, taken = clock(), 0
        while not self._stopping:
            due = int((clock() - begun) * self.per_second) + self._surge - taken
            if due > 0:
                count = min(due, _MOST_AT_ONCE)
                yield self._next(taken, count)
                taken += count
            if due <= _MOST_AT_ONCE:
                await asyncio.sleep(_PULSE_SECONDS)
        self.exhausted = True

    def _next(self, first: int, count: int) -> list[MarketEvent]:
        now = datetime.now(UTC)
        chains = [
            # A microsecond apart: chains of one product and time are one row.
            replace(
                self._patterns[number % len(self._patterns)],
                timestamp=now + timedelta(microseconds=number - first),
            )
            for number in range(first, first + count)
        ]
        if self._poison:
            self._poison = False
            chains[0] = replace(chains[0], spot_price=POISON_PRICE)
        return list(chains)


class _LedgerProgress(FeedProgress):
    """Writes in the ledger what the bus has acknowledged."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def count(
        self, batch: Sequence[MarketEvent], entries: Sequence[Entry], *, at: datetime
    ) -> None:
        for entry in entries:
            self._ledger.acknowledge(product_of(entry.subject), entry.sequence)
        super().count(batch, entries, at=at)


class _LedgerPump(Pump):
    """Writes in the ledger what is about to be published."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        source: LedgerSource,
        bus: Bus,
        tenure: Tenure,
        sequences: SequenceCounter,
    ) -> None:
        super().__init__(
            source=source,
            bus=bus,
            tenure=tenure,
            sequences=sequences,
            clock=utc_now,
            progress=_LedgerProgress(ledger),
        )
        self._ledger = ledger

    def entries_of(
        self, batch: Sequence[MarketEvent], traceparent: str | None = None
    ) -> list[Entry]:
        entries = super().entries_of(batch, traceparent)
        for entry in entries:
            self._ledger.offer(product_of(entry.subject), entry.sequence)
        return entries


@asynccontextmanager
async def generating(
    source: LedgerSource, ledger: Ledger, *, bus_url: str
) -> AsyncIterator[Ledger]:
    """Publish what a source has while the block runs, as a feed does.

    At the end the batch under way is finished, so that nothing is left in doubt.
    """
    async with writing(bus_url, source.products) as (bus, tenure, sequences):
        pump = _LedgerPump(ledger, source=source, bus=bus, tenure=tenure, sequences=sequences)
        async with asyncio.TaskGroup() as group:
            pumping = group.create_task(pump.run())
            try:
                yield ledger
            except BaseException:
                pumping.cancel()
                raise
            source.stop()
            async with asyncio.timeout(_LAST_BATCH_SECONDS):
                await pumping


@asynccontextmanager
async def writing(
    bus_url: str, products: Sequence[Product]
) -> AsyncIterator[tuple[Bus, Tenure, SequenceCounter]]:
    """Be the one writer of some products, beside the real feed, while the block runs."""
    bus = RedisStreamsBus(bus_url)
    sequences = SequenceCounter(utc_now, above=0)
    catalog = Catalog(bus)

    async def begin() -> None:
        kinds = (SubjectKind.RAW_TICKS, SubjectKind.RAW_CHAINS)
        sequences.advance(await announce(bus, catalog, products, kinds, clock=utc_now))

    tenure = Tenure(
        leases=bus.leases,
        holder="fault-suite",
        products=[product.symbol for product in products],
        begin=begin,
    )
    holding = asyncio.create_task(tenure.run())
    try:
        yield bus, tenure, sequences
    finally:
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        await bus.close()


def chain_of(product: str, expires: datetime) -> OptionChain:
    """Return a chain of 21 strikes, of now."""
    return OptionChain(
        product=product,
        expiry=date(expires.year, expires.month, expires.day),
        spot_price=_FORWARD,
        timestamp=datetime.now(UTC),
        expires_at=expires,
        calls=_legs(calls=True),
        puts=_legs(calls=False),
    )


def _legs(*, calls: bool) -> Legs:
    """Quote every strike about its value under a flat volatility."""
    value = black76_price(
        calls=calls,
        forward=_FORWARD,
        strikes=_STRIKES,
        volatility=np.full(len(_STRIKES), 0.25),
        years=_DAYS / 365.0,
        rate=0.06,
    )
    columns = {
        "strikes": _STRIKES,
        "bid": value * 0.99,
        "ask": value * 1.01,
        "last": value,
        "volume": np.full(len(_STRIKES), 50.0),
        "open_interest": 1000.0 + 10.0 * _STRIKES,
    }
    absent = np.full(len(_STRIKES), np.nan)
    return Legs(**{name: columns.get(name, absent) for name in LEG_COLUMNS})
