"""Whether markets trade, as the feed says on the bus."""

import asyncio
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.session import MarketSession, MarketState, session_of_all
from deltastream.domain.subjects import MARKETS
from deltastream.log_library import structlog
from deltastream.market.v1 import session_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.clock import Clock
from deltastream.runtime.codec.markets import decode_market

_log = structlog.get_logger()
_BATCH: Final = 500
_WAIT_SECONDS: Final = 1.0
_ALLOWANCE: Final = timedelta(seconds=15)
"""How late the feed may say that a market has opened or closed before it is taken for silent."""


class MarketSessions:
    """Knows what was said last of every product's market.

    What the feed knew to hold until a time is not believed for long after it: a feed that is gone
    leaves no market open.
    """

    def __init__(self, bus: Bus, *, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._states: dict[str, MarketState] = {}
        self._position = 0

    def session(self, products: AbstractSet[str] | None) -> MarketSession:
        """Say whether any of the products, or of all, is traded; UNKNOWN when nobody has said."""
        states = self._states
        wanted = states.keys() if products is None else products & states.keys()
        return session_of_all(self._believed(states[product]) for product in wanted)

    async def follow(self) -> None:
        """Follow what is said until cancelled; a bus that is away is waited for."""
        while True:
            try:
                await self.refresh(wait=_WAIT_SECONDS)
            except DependencyUnavailableError as error:
                _log.warning("market_sessions_unavailable", error=str(error))
                await asyncio.sleep(_WAIT_SECONDS)

    async def refresh(self, *, wait: float = 0.0) -> None:
        """Read what was said since the last call, waiting up to `wait` seconds for it.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        entries = await self._bus.tail({MARKETS: self._position}, limit=_BATCH, wait=wait)
        while entries:
            for entry in entries:
                self._learn(entry)
            entries = await self._bus.tail({MARKETS: self._position}, limit=_BATCH, wait=0.0)

    def _learn(self, entry: Entry) -> None:
        message = session_pb2.MarketState.FromString(entry.payload)
        self._states[message.product] = decode_market(message)
        self._position = entry.sequence

    def _believed(self, state: MarketState) -> MarketSession:
        overdue = state.changes_at is not None and self._clock() > state.changes_at + _ALLOWANCE
        return MarketSession.UNKNOWN if overdue else state.session
