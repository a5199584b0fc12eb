"""Max pain: where option holders would receive least."""

from dataclasses import dataclass
from datetime import date

from deltastream.analytics.queries.newest import newest_chain
from deltastream.domain.events import EnrichedChain
from deltastream.domain.max_pain import PainCurve, pain_curve
from deltastream.domain.missing import MissingReason
from deltastream.ports.history import MarketHistory


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
    def no_distance(self) -> MissingReason:
        """Why there is no distance, when there is none."""
        return self.enriched.metrics.missing.get("max_pain_strike", MissingReason.NO_SPOT)


async def max_pain(history: MarketHistory, product: str, expiry: date | None) -> MaxPain:
    """Return the newest chain and its pain curve."""
    enriched = await newest_chain(history, product, expiry)
    calls, puts = enriched.chain.calls, enriched.chain.puts
    curve = pain_curve(
        call_strikes=calls.strikes,
        call_open_interest=calls.open_interest,
        put_strikes=puts.strikes,
        put_open_interest=puts.open_interest,
    )
    return MaxPain(enriched=enriched, curve=curve)
