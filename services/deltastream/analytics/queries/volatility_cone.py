"""The volatility cone of a product, from its stored candles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from deltastream.analytics.kept_answers import Kept, KeptAnswers
from deltastream.analytics.queries.zones import zone_of
from deltastream.domain.events import Candle
from deltastream.domain.volatility_history.cone import (
    CONE_SESSIONS,
    ConeHorizon,
    volatility_cone,
)
from deltastream.domain.volatility_history.daily_bars import daily_bars
from deltastream.domain.volatility_history.estimators import VolatilityEstimator
from deltastream.ports.history import MarketHistory, Span

_MINUTES: Final = 30
"""The longest candles there are: the fewest to read."""

_REACH: Final = timedelta(days=800)
"""More than CONE_SESSIONS sessions take on any exchange."""

_MOST: Final = _REACH.days * 24 * 60 // _MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class VolatilityCone:
    """Realised volatility by horizon.

    Attributes:
        sessions: how many daily bars it is made of.
        newest: the start of the newest candle used, UTC; None without any.
    """

    estimator: VolatilityEstimator
    horizons: Sequence[ConeHorizon]
    sessions: int
    newest: datetime | None


class VolatilityCones:
    """Cones of products, kept for some seconds: each reads two years of candles."""

    def __init__(self, *, history: MarketHistory, kept: KeptAnswers[VolatilityCone]) -> None:
        self._history = history
        self._kept = kept

    async def cone(self, product: str, estimator: VolatilityEstimator) -> Kept[VolatilityCone]:
        """Lay out a product's realised volatility by horizon.

        Raises:
            ProductNotFoundError: the product is not known.
        """
        return await self._kept.get((product, estimator), partial(self._cone, product, estimator))

    async def _cone(self, product: str, estimator: VolatilityEstimator) -> VolatilityCone:
        zone = zone_of(await self._history.product(product))
        candles = await self._candles(product)
        bars = daily_bars(candles, zone=zone).newest(CONE_SESSIONS)
        return VolatilityCone(
            estimator=estimator,
            horizons=volatility_cone(bars=bars, estimator=estimator),
            sessions=len(bars),
            newest=candles[-1].start if candles else None,
        )

    async def _candles(self, product: str) -> Sequence[Candle]:
        """Return the candles of the newest two years that have any."""
        newest = await self._history.candles(product, _MINUTES, Span(limit=1))
        if not newest:
            return ()
        span = Span(limit=_MOST, start=newest[0].start - _REACH)
        return await self._history.candles(product, _MINUTES, span)
