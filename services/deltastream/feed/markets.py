"""Says which markets trade: to the feed's own callers, and to the other services on the bus."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError, LeaseLostError
from deltastream.domain.session import UNKNOWN_MARKET, MarketSession, MarketState, session_of_all
from deltastream.domain.subjects import MARKETS
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.tenure import Tenure
from deltastream.log_library import structlog
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.clock import Clock
from deltastream.ports.leases import Lease
from deltastream.ports.source import Source
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.markets import encode_market

_log = structlog.get_logger()
_INTERVAL_SECONDS: Final = 1.0
_ROUNDS_KEPT: Final = 2


def session_of(source: Source, products: AbstractSet[str] | None, now: datetime) -> MarketSession:
    """Say whether any of the products that the source has, or of those asked for, is traded."""
    return session_of_all(
        source.market(product.symbol, now).session
        for product in source.products
        if products is None or product.symbol in products
    )


class MarketAnnouncer:
    """Publishes the states of all markets, at first and whenever one of them has changed.

    Always all of them, in one round: so the newest entries suffice, and the older are dropped.
    After another feed has written, they are published again: it may have said otherwise.
    """

    def __init__(
        self,
        *,
        source: Source,
        bus: Bus,
        tenure: Tenure,
        catalog: Catalog,
        sequences: SequenceCounter,
        clock: Clock,
    ) -> None:
        self._source = source
        self._bus = bus
        self._tenure = tenure
        self._announced_under: Sequence[Lease] = ()
        self._catalog = catalog
        self._sequences = sequences
        self._clock = clock
        self._announced: Mapping[str, MarketState] = {}
        self._since: dict[str, datetime] = {}

    async def run(self) -> None:
        """Look each second, until cancelled: a clock that is set must not hide a change."""
        while True:
            try:
                await self.announce_changes()
            except DependencyUnavailableError as error:
                _log.warning("market_sessions_delayed", error=str(error))
            await asyncio.sleep(_INTERVAL_SECONDS)

    async def announce_changes(self) -> None:
        """Publish the states if they are not those that were published last.

        Waits while another feed is the one that writes.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        leases = await self._tenure.held()
        now = self._clock()
        states = self._states(now)
        if states == self._announced and leases == self._announced_under:
            return
        for product, state in states.items():
            if state.session is not self._announced.get(product, UNKNOWN_MARKET).session:
                self._since[product] = now
        try:
            await self._bus.publish(self._entries(states, now), under=leases)
        except LeaseLostError:
            self._tenure.lose(leases)
            return
        await self._bus.trim(MARKETS, keep=_ROUNDS_KEPT * len(states))
        self._announced, self._announced_under = states, leases

    def _states(self, now: datetime) -> dict[str, MarketState]:
        """Return the state of every product that anybody may remember.

        Of those that only another source had, nothing is known any more.
        """
        forgotten = dict.fromkeys(self._catalog.products, UNKNOWN_MARKET)
        known = {p.symbol: self._source.market(p.symbol, now) for p in self._source.products}
        return forgotten | known

    def _entries(self, states: Mapping[str, MarketState], now: datetime) -> list[Entry]:
        first = self._sequences.take(len(states))
        return [
            Entry(
                subject=MARKETS,
                sequence=sequence,
                payload=encode_market(
                    product,
                    state,
                    since=self._since.get(product, now),
                    source=self._source.kind,
                ).SerializeToString(),
            )
            for sequence, (product, state) in enumerate(states.items(), start=first)
        ]
