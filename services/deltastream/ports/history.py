"""Stored chains, as analytics asks for them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from deltastream.domain.events import EnrichedChain


class ChainHistory(Protocol):
    """What analytics needs of storage.

    Every method raises ProductNotFoundError or ExpiryNotFoundError for what is not there, and
    DependencyUnavailableError when storage does not answer.
    """

    async def expiries(self, product: str) -> Sequence[date]:
        """Return the expiries that have chains, ascending."""
        ...

    async def latest(self, product: str, expiry: date | None) -> EnrichedChain | None:
        """Return the newest chain, with legs, of one expiry or of all; None when there is none."""
        ...

    async def summaries(
        self,
        product: str,
        expiry: date,
        *,
        start: datetime | None,
        end: datetime | None,
        limit: int,
    ) -> Sequence[EnrichedChain]:
        """Return the newest chains of an expiry without legs, oldest first."""
        ...
