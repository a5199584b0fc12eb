"""The questions, answered from history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from deltastream.domain.errors import ExpiryNotFoundError
from deltastream.domain.events import EnrichedChain
from deltastream.domain.max_pain import PainCurve, pain_curve
from deltastream.domain.missing import MissingReason
from deltastream.ports.history import ChainHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which part of a series is wanted: the newest `limit` points between the bounds."""

    limit: int
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaxPain:
    """A chain and the payout of all its options by settlement price."""

    enriched: EnrichedChain
    curve: PainCurve

    @property
    def distance_from_spot(self) -> float | None:
        """Max pain strike minus spot; None when either is absent."""
        strike, spot = self.enriched.metrics.max_pain_strike, self.enriched.chain.spot_price
        return None if strike is None or spot is None else strike - spot

    @property
    def distance_percent(self) -> float | None:
        """The distance in percent of spot; None when it is absent."""
        distance, spot = self.distance_from_spot, self.enriched.chain.spot_price
        return None if distance is None or spot is None else 100.0 * distance / spot

    @property
    def missing(self) -> dict[str, MissingReason]:
        """Why the figures that this answer adds to the chain's are absent."""
        if self.distance_from_spot is not None:
            return {}
        cause = self.enriched.metrics.missing.get("max_pain_strike", MissingReason.NO_SPOT)
        missing = {"distance_from_spot": cause, "distance_pct": cause}
        if self.enriched.chain.spot_price is None:
            missing["spot_price"] = MissingReason.NO_SPOT
        return missing


class Queries:
    """Answers over one history."""

    def __init__(self, history: ChainHistory) -> None:
        self._history = history

    async def chain(self, product: str, expiry: date | None) -> EnrichedChain:
        """Return the newest chain of an expiry, or of the nearest one.

        Nearest is judged at the time of the product's newest chain, so that a replay of an old
        day asks about that day's expiries.

        Raises:
            ProductNotFoundError: the product is not known.
            ExpiryNotFoundError: it has no chain of this expiry, or none at all.
        """
        wanted = expiry or await self._nearest_expiry(product)
        chain = None if wanted is None else await self._history.latest(product, wanted)
        if chain is None:
            raise ExpiryNotFoundError(product, "any" if wanted is None else wanted.isoformat())
        return chain

    async def series(self, chain: EnrichedChain, span: Span) -> Sequence[EnrichedChain]:
        """Return the stored chains of the same expiry without legs, oldest first."""
        return await self._history.summaries(
            chain.chain.product,
            chain.chain.expiry,
            start=span.start,
            end=span.end,
            limit=span.limit,
        )

    async def max_pain(self, product: str, expiry: date | None) -> MaxPain:
        """Return the newest chain and its pain curve."""
        enriched = await self.chain(product, expiry)
        calls, puts = enriched.chain.calls, enriched.chain.puts
        curve = pain_curve(
            call_strikes=calls.strikes,
            call_open_interest=calls.open_interest,
            put_strikes=puts.strikes,
            put_open_interest=puts.open_interest,
        )
        return MaxPain(enriched=enriched, curve=curve)

    async def _nearest_expiry(self, product: str) -> date | None:
        newest = await self._history.latest(product, None)
        if newest is None:
            return None
        # UTC and the exchange's zone agree on the day while its market trades.
        today = newest.chain.timestamp.date()
        expiries = await self._history.expiries(product)
        return next((expiry for expiry in expiries if expiry >= today), expiries[-1])
