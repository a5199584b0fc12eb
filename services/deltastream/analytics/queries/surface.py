"""The volatility surface of a product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from deltastream.analytics.kept_answers import Kept, KeptAnswers
from deltastream.analytics.queries.newest import unexpired_chains
from deltastream.analytics.queries.repricing import priced_again
from deltastream.analytics.workers import Workers
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.events import EnrichedChain
from deltastream.domain.figures import ForwardBasis
from deltastream.domain.missing import MissingReason
from deltastream.domain.priced_chain import PricedChain
from deltastream.domain.surface.points import SmilePoints
from deltastream.domain.surface.surface import Surface, fit_surface
from deltastream.domain.surface.term_structure import term_structure
from deltastream.ports.history import MarketHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFacts:
    """What a surface says of one of the chains that it was fitted to.

    Attributes:
        forward_basis: None without a forward, for `no_forward`.
    """

    timestamp: datetime
    spot_price: float | None
    forward_basis: ForwardBasis | None
    no_forward: MissingReason


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProductSurface:
    """A surface, and what it was fitted to.

    Attributes:
        chains: parallel to the slices of the surface.
    """

    surface: Surface
    chains: Sequence[ChainFacts]

    @property
    def newest(self) -> ChainFacts | None:
        """The newest of the chains; None when there are none."""
        return max(self.chains, key=lambda each: each.timestamp, default=None)

    @property
    def spot_price(self) -> float | None:
        """The price of the underlying in the newest chain; None when it states none."""
        return None if self.newest is None else self.newest.spot_price

    @property
    def constant_maturity_iv(self) -> float | None:
        """The volatility at the money, 30 days ahead; None when no expiries lie about it."""
        return term_structure(self.surface).constant_maturity()


class Surfaces:
    """Surfaces of products, kept for some seconds: each reads a chain an expiry, and fits it."""

    def __init__(
        self, *, history: MarketHistory, kept: KeptAnswers[ProductSurface], workers: Workers
    ) -> None:
        self._history = history
        self._kept = kept
        self._workers = workers

    async def surface(self, product: str, *, most: int | None) -> Kept[ProductSurface]:
        """Fit the newest chain of each expiry of a product that has not expired.

        Args:
            product: the symbol.
            most: the most expiries, the nearest ones; None is all.

        Raises:
            ProductNotFoundError: the product is not known.
            ExpiryNotFoundError: it has no chains.
        """
        return await self._kept.get((product, most), partial(self._fit, product, most))

    async def _fit(self, product: str, most: int | None) -> ProductSurface:
        chains = await unexpired_chains(self._history, product, most=most)
        return await self._workers.run(partial(_fitted, chains))


def _fitted(chains: Sequence[EnrichedChain]) -> ProductSurface:
    """Fit chains of ascending expiries."""
    priced = [priced_again(each) for each in chains]
    return ProductSurface(
        surface=fit_surface([_points_of(each) for each in priced]),
        chains=[_facts_of(each) for each in priced],
    )


def _facts_of(priced: PricedChain) -> ChainFacts:
    return ChainFacts(
        timestamp=priced.chain.timestamp,
        spot_price=priced.chain.spot_price,
        forward_basis=None if priced.forward is None else priced.forward.basis,
        no_forward=priced.no_forward,
    )


def _points_of(priced: PricedChain) -> SmilePoints:
    """Return the volatility of each strike, and the spread of the leg that it is from."""
    strikes = priced.grid.strikes
    forward = None if priced.forward is None else priced.forward.price
    spreads = priced.grid.column("ask") - priced.grid.column("bid")
    is_call = np.zeros(len(strikes), dtype=np.bool_) if forward is None else strikes >= forward
    return SmilePoints(
        expiry=priced.chain.expiry,
        forward=forward,
        years=priced.years,
        strikes=strikes,
        ivs=priced.by_strike,
        spreads=np.where(is_call, spreads[CALL], spreads[PUT]),
    )
