"""Open-interest build-up by strike, since the previous close or since some minutes ago."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from deltastream.analytics.queries.newest import newest_chain
from deltastream.domain.arrays import CodeArray, FloatArray
from deltastream.domain.buildup import buildups
from deltastream.domain.chain_grid import ChainGrid
from deltastream.domain.events import EnrichedChain
from deltastream.ports.history import MarketHistory

SINCE_CLOSE: Final = timedelta(0)
"""The window that compares with the previous close, as the source states the changes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrikeBuildup:
    """What traders did at each strike. Row 0 of the grids is the calls, row 1 the puts.

    Attributes:
        enriched: the newest chain.
        window: how far back its changes reach; SINCE_CLOSE is the previous close.
        baseline_at: the time of the chain compared with; None since the close, or where no earlier
            chain is stored.
        strikes: every strike with a call, a put or both, ascending, shape (strikes,).
        price_change, open_interest_change: NaN where unknown, shape (2, strikes).
    """

    enriched: EnrichedChain
    window: timedelta
    baseline_at: datetime | None
    strikes: FloatArray
    price_change: FloatArray
    open_interest_change: FloatArray

    @property
    def codes(self) -> CodeArray:
        """Numbers of Buildup, 0 where a change is unknown; shape (2, strikes)."""
        return buildups(
            price_change=self.price_change, open_interest_change=self.open_interest_change
        )


async def strike_buildup(
    history: MarketHistory, product: str, expiry: date | None, *, window: timedelta
) -> StrikeBuildup:
    """Compare the newest chain with the previous close, or with the chain at a window's start."""
    enriched = await newest_chain(history, product, expiry)
    grid = _grid_of(enriched)
    if window == SINCE_CLOSE:
        return StrikeBuildup(
            enriched=enriched,
            window=window,
            baseline_at=None,
            strikes=grid.strikes,
            price_change=grid.column("price_change"),
            open_interest_change=grid.column("change_in_open_interest"),
        )
    baseline = await _baseline(history, enriched, window)
    before = None if baseline is None else _grid_of(baseline)
    return StrikeBuildup(
        enriched=enriched,
        window=window,
        baseline_at=None if baseline is None else baseline.chain.timestamp,
        strikes=grid.strikes,
        price_change=_change(grid, before, "last"),
        open_interest_change=_change(grid, before, "open_interest"),
    )


async def _baseline(
    history: MarketHistory, enriched: EnrichedChain, window: timedelta
) -> EnrichedChain | None:
    """Return the last chain before the window, else the first inside it, older than the newest."""
    chain = enriched.chain
    start = chain.timestamp - window
    before = await history.latest(chain.product, chain.expiry, until=start)
    if before is not None:
        return before
    return await history.earliest(chain.product, chain.expiry, start=start, end=chain.timestamp)


def _grid_of(enriched: EnrichedChain) -> ChainGrid:
    return ChainGrid.of(calls=enriched.chain.calls, puts=enriched.chain.puts)


def _change(now: ChainGrid, before: ChainGrid | None, column: str) -> FloatArray:
    """Subtract what a column was from what it is, strike by strike; shape (2, strikes)."""
    values = now.column(column)
    if before is None or not len(before.strikes):
        return np.full(values.shape, np.nan)
    nearest = np.searchsorted(before.strikes, now.strikes).clip(max=len(before.strikes) - 1)
    listed_before = before.strikes[nearest] == now.strikes
    return values - np.where(listed_before, before.column(column)[:, nearest], np.nan)
