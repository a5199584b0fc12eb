"""A synthetic source in time that passes only when it sleeps, and what it said."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from deltastream.adapters.source.synthetic import SyntheticSource
from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.synthetic.settings import SyntheticSettings

START = datetime(2026, 1, 23, 10, tzinfo=UTC)
"""A Friday: 15:30 in Mumbai, 05:00 in New York."""


class VirtualTime:
    """Time that stands still but for sleep.

    Attributes:
        now: the present.
        coarseness: sleep ends at multiples of so many seconds after the start, if not 0.
        haste: the part of a sleep that is slept; below 1 it ends too soon.
    """

    def __init__(
        self, start: datetime = START, *, coarseness: float = 0.0, haste: float = 1.0
    ) -> None:
        self.now = start
        self._start = start
        self._coarseness = timedelta(seconds=coarseness)
        self._haste = haste

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds * self._haste)
        if self._coarseness:
            overshoot = (self.now - self._start) % self._coarseness
            self.now += (self._coarseness - overshoot) % self._coarseness
        await asyncio.sleep(0)


def open_source(
    time: VirtualTime,
    *products: str,
    seed: int = 1,
    settings: SyntheticSettings | None = None,
) -> SyntheticSource:
    return SyntheticSource(
        seed=seed, clock=time.clock, sleep=time.sleep, products=products, settings=settings
    )


async def batches_until(
    source: SyntheticSource, time: VirtualTime, end: datetime
) -> AsyncIterator[Sequence[MarketEvent]]:
    """Yield batches for as long as time is not past `end`."""
    async with aclosing(source.events()) as batches:
        async for batch in batches:
            if time.now > end:
                return
            yield batch


async def events_of(
    *products: str,
    seconds: float,
    seed: int = 1,
    start: datetime = START,
    settings: SyntheticSettings | None = None,
) -> list[MarketEvent]:
    """Return everything a new source says in some seconds."""
    time = VirtualTime(start)
    source = open_source(time, *products, seed=seed, settings=settings)
    end = start + timedelta(seconds=seconds)
    return [event async for batch in batches_until(source, time, end) for event in batch]


def ticks_of(events: Sequence[MarketEvent], product: str) -> list[UnderlyingTick]:
    return [e for e in events if isinstance(e, UnderlyingTick) and e.product == product]


def chains_of(events: Sequence[MarketEvent]) -> list[OptionChain]:
    return [event for event in events if isinstance(event, OptionChain)]


def quotes_of(events: Sequence[MarketEvent]) -> list[OptionQuote]:
    return [event for event in events if isinstance(event, OptionQuote)]
