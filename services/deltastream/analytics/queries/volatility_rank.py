"""Where today's implied volatility stands among those of the past sessions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The volatility of some sessions.

    Attributes:
        series: of those that have one, oldest first.
        were_observed: whether any of them had a volatility of any maturity.
    """

    series: Sequence[DailyVolatility]
    were_observed: bool


class VolatilityRanks:
    """Ranks of products, kept for some seconds.

    The sessions before the newest are a year of stored chains. They change only when something is
    imported or corrected, and are kept for longer.
    """

    def __init__(
        self,
        *,
        history: MarketHistory,
        kept: KeptAnswers[RankedVolatility],
        past: KeptAnswers[Sessions],
    ) -> None:
        self._history = history
        self._kept = kept
        self._past = past

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
        today = _midnight_before(newest.chain.timestamp, zone)
        past = await self._past.get(
            (product, today),
            partial(self._sessions, product, zone, start=today - _REACH, end=today),
        )
        newest_one = await self._sessions(product, zone, start=today)
        series = [*past.answer.series, *newest_one.series][-RANK_SESSIONS:]
        were_observed = past.answer.were_observed or newest_one.were_observed
        return RankedVolatility(
            series=series,
            rank=volatility_rank(np.array([each.volatility for each in series])),
            unknown=(
                MissingReason.OUTSIDE_RANGE
                if were_observed
                else MissingReason.NO_IMPLIED_VOLATILITY
            ),
        )

    async def _sessions(
        self, product: str, zone: tzinfo, *, start: datetime, end: datetime | None = None
    ) -> Sessions:
        """Read the last chain of each session and expiry, and a few others."""
        # Of a market that has stood still for long, only closes are left of the newest session too.
        expiries = await self._history.expiries(product, past=True)
        span = Span(limit=_MOST, start=start, end=end)
        chains = await in_parallel(
            (
                partial(self._history.summaries, product, expiry, span, interval=HALF_DAY)
                for expiry in expiries
                if expiry >= start.date()
            ),
            most=AT_ONCE,
        )
        observed = [each for of_one in chains for each in _at_the_money(of_one)]
        return Sessions(
            series=daily_volatilities(observed, zone=zone), were_observed=bool(observed)
        )


def _midnight_before(moment: datetime, zone: tzinfo) -> datetime:
    """Return when the day began, UTC, in which something happened."""
    day = moment.astimezone(zone).date()
    return datetime.combine(day, time(), zone).astimezone(UTC)


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
