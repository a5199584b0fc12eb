"""Where today's implied volatility stands among those of the past sessions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import numpy as np

from deltastream.analytics.kept_answers import Kept, KeptAnswers
from deltastream.analytics.parallel import in_parallel
from deltastream.analytics.queries.newest import AT_ONCE, newest_of_all
from deltastream.analytics.queries.zones import zone_of
from deltastream.domain.events import EnrichedChain
from deltastream.domain.half_days import HALF_DAY
from deltastream.domain.missing import MissingReason
from deltastream.domain.volatility_history.daily_volatility import (
    AtmVolatility,
    DailyVolatility,
    daily_volatilities,
)
from deltastream.domain.volatility_history.rank import (
    RANK_SESSIONS,
    VolatilityRank,
    volatility_rank,
)
from deltastream.ports.history import MarketHistory, Span

_REACH: Final = timedelta(days=400)
"""More than RANK_SESSIONS sessions take on any exchange."""

_MOST: Final = 2 * (_REACH.days + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedVolatility:
    """The volatility of each session, and where the newest stands.

    Attributes:
        series: oldest first.
        unknown: why no session has a volatility, when none has.
    """

    series: Sequence[DailyVolatility]
    rank: VolatilityRank
    unknown: MissingReason


class VolatilityRanks:
    """Ranks of products, kept for some seconds: each reads a year of stored chains."""

    def __init__(self, *, history: MarketHistory, kept: KeptAnswers[RankedVolatility]) -> None:
        self._history = history
        self._kept = kept

    async def rank(self, product: str) -> Kept[RankedVolatility]:
        """Rank the newest volatility of a product, at the money and 30 days ahead.

        Raises:
            ProductNotFoundError: the product is not known.
            ExpiryNotFoundError: it has no chains.
        """
        return await self._kept.get(product, partial(self._rank, product))

    async def _rank(self, product: str) -> RankedVolatility:
        newest = await newest_of_all(self._history, product)
        zone = zone_of(await self._history.product(product))
        chains = await self._ends_of_sessions(product, since=newest.chain.timestamp - _REACH)
        observed = list(_at_the_money(chains))
        series = daily_volatilities(observed, zone=zone)[-RANK_SESSIONS:]
        return RankedVolatility(
            series=series,
            rank=volatility_rank(np.array([each.volatility for each in series])),
            unknown=(
                MissingReason.OUTSIDE_RANGE if observed else MissingReason.NO_IMPLIED_VOLATILITY
            ),
        )

    async def _ends_of_sessions(self, product: str, *, since: datetime) -> list[EnrichedChain]:
        """Return the last chain of every session and expiry, and a few others."""
        span = Span(limit=_MOST, start=since)
        expiries = await self._history.expiries(product, past=True)
        series = await in_parallel(
            (
                partial(self._history.summaries, product, expiry, span, interval=HALF_DAY)
                for expiry in expiries
                if expiry >= since.date()
            ),
            most=AT_ONCE,
        )
        return [chain for chains in series for chain in chains]


def _at_the_money(chains: Sequence[EnrichedChain]) -> Iterator[AtmVolatility]:
    """Yield the volatility at the money of the chains that have one."""
    for enriched in chains:
        years, volatility = enriched.metrics.years_to_expiry, enriched.metrics.atm_iv
        if years is not None and years > 0.0 and volatility is not None:
            yield AtmVolatility(
                timestamp=enriched.chain.timestamp,
                expiry=enriched.chain.expiry,
                years=years,
                volatility=volatility,
            )
