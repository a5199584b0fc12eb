"""Chains and what their quotes say before any volatility: prices to trust, time and forward."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.chain_grid import ChainGrid
from deltastream.domain.chain_rows import ChainRows
from deltastream.domain.events import OptionChain
from deltastream.domain.figures import PricingConvention
from deltastream.domain.forward import Forwards, carried_spots, implied_forwards
from deltastream.domain.leg_prices import LegPrices, last_prices, quoted_prices
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing_terms import PricingTerms


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuotedChains:
    """Some chains of one pricing convention; arrays of shape (chains,).

    Attributes:
        prices: of the legs, shape (2, chains, strikes).
        spot: price of the underlying; NaN is unknown.
        rate: interest, continuous, per year.
        contract_size: units of the underlying in one contract; NaN is unknown.
        years: to expiry; NaN when the instant of expiry is unknown.
        forwards: none where there is none, for `no_forward`.
    """

    convention: PricingConvention
    rows: ChainRows
    prices: LegPrices
    spot: FloatArray
    rate: FloatArray
    contract_size: FloatArray
    years: FloatArray
    forwards: Forwards

    @classmethod
    def of(cls, chains: Sequence[tuple[OptionChain, PricingTerms]]) -> Self:
        """Read at least one chain, all of one convention."""
        convention = chains[0][1].convention
        rows = ChainRows.of([ChainGrid.of(calls=each.calls, puts=each.puts) for each, _ in chains])
        facts = np.array([_facts_of(*each) for each in chains], dtype=np.float64)
        spot, rate, contract_size, years = facts.T
        prices = _prices(rows, convention)
        return cls(
            convention=convention,
            rows=rows,
            prices=prices,
            spot=spot,
            rate=rate,
            contract_size=contract_size,
            years=years,
            forwards=(
                carried_spots(spot=spot, rate=rate, years=years)
                if convention is PricingConvention.NSE
                else implied_forwards(
                    strikes=rows.strikes, prices=prices, spot=spot, rate=rate, years=years
                )
            ),
        )

    @property
    def discount(self) -> FloatArray:
        """Value today of one unit at expiry."""
        return np.exp(-self.rate * self.years)

    @property
    def spot_or_forward(self) -> FloatArray:
        """The price of the underlying; without one, what the forward is worth today."""
        return np.where(np.isnan(self.spot), self.forwards.price * self.discount, self.spot)

    @property
    def delta_price(self) -> FloatArray:
        """The price that delta and gamma are taken by: the forward in BLACK76, else spot."""
        nse = self.convention is PricingConvention.NSE
        return self.spot_or_forward if nse else self.forwards.price

    @property
    def solvable(self) -> BoolArray:
        """Whether a chain can have a smile: it has a forward, and time left."""
        return np.logical_and(self.years > 0.0, ~np.isnan(self.forwards.price))

    def unsolvable(self, chain: int) -> MissingReason:
        """Say why a chain can have no smile, if it cannot."""
        no_forward = np.isnan(self.forwards.price[chain])
        return self.no_forward(chain) if no_forward else MissingReason.EXPIRED

    def no_forward(self, chain: int) -> MissingReason:
        """Say why a chain has no forward, if it has none."""
        if np.isnan(self.years[chain]):
            return MissingReason.NO_EXPIRY_TIME
        nse = self.convention is PricingConvention.NSE
        return MissingReason.NO_SPOT if nse else MissingReason.NO_FORWARD


def _facts_of(
    chain: OptionChain, terms: PricingTerms
) -> tuple[float | None, float, float | None, float | None]:
    years = terms.years_to_expiry(
        at=chain.timestamp, expiry=chain.expiry, expires_at=chain.expires_at
    )
    return chain.spot_price, terms.rate, terms.contract_size, years


def _prices(rows: ChainRows, convention: PricingConvention) -> LegPrices:
    last, volume = rows.column("last"), rows.column("volume")
    if convention is PricingConvention.NSE:
        return last_prices(last=last, volume=volume)
    bid, ask = rows.column("bid"), rows.column("ask")
    return quoted_prices(strikes=rows.strikes, bid=bid, ask=ask, last=last, volume=volume)
