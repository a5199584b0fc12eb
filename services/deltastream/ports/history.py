"""What is stored, as analytics asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from deltastream.domain.events import Candle, EnrichedChain
from deltastream.domain.instruments import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which part of a series is wanted: its newest `limit` points between the bounds.

    Attributes:
        limit: at least 1.
        start: earliest time, inclusive; None is no bound.
        end: latest time, exclusive; None is no bound.
    """

    limit: int
    start: datetime | None = None
    end: datetime | None = None


class MarketHistory(Protocol):
    """What analytics needs of storage.

    Every method raises ProductNotFoundError or ExpiryNotFoundError for what is not there, and
    DependencyUnavailableError when storage does not answer.
    """

    async def product(self, symbol: str) -> Product:
        """Return the description of a product."""
        ...

    async def expiries(self, product: str, *, past: bool = False) -> Sequence[date]:
        """Return the expiries that have chains, ascending; the past ones too where wanted.

        Of those only the last chain of each half day is kept.
        """
        ...

    async def latest(
        self, product: str, expiry: date | None, *, until: datetime | None = None
    ) -> EnrichedChain | None:
        """Return the newest chain, with legs, of one expiry or of all; None when there is none.

        Args:
            product: the symbol.
            expiry: None is any.
            until: the latest time that it may have, inclusive; None is no bound.
        """
        ...

    async def earliest(
        self, product: str, expiry: date, *, start: datetime, end: datetime
    ) -> EnrichedChain | None:
        """Return the oldest chain, with legs, from `start` on and before `end`, if there is one.

        Meant for spans of a day or so.
        """
        ...

    async def summaries(
        self, product: str, expiry: date, span: Span, *, interval: timedelta | None = None
    ) -> Sequence[EnrichedChain]:
        """Return chains of an expiry without legs, oldest first.

        Args:
            product: the symbol.
            expiry: of the chains.
            span: which of them.
            interval: keep only the newest chain of each interval of this length, aligned to
                1970-01-01T00:00:00Z; None keeps all.
        """
        ...

    async def candles(self, product: str, window_minutes: int, span: Span) -> Sequence[Candle]:
        """Return candles of one length, oldest first."""
        ...
