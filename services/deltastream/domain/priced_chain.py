"""A chain, priced: its forward, its time to expiry and its smile."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp
from typing import Self

from deltastream.domain.chain_grid import ChainGrid
from deltastream.domain.events import OptionChain
from deltastream.domain.figures import PricingConvention
from deltastream.domain.forward import Forward, carried_spot, implied_forward
from deltastream.domain.leg_prices import LegPrices, last_prices, quoted_prices
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.domain.smile import QuotedStrikes, Smile, black76_smiles, no_smile, nse_smile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PricedChain:
    """What the quotes of a chain imply.

    Attributes:
        years: to expiry; None when the instant of expiry is unknown.
        forward: None when there is none, for `no_forward`.
    """

    chain: OptionChain
    terms: PricingTerms
    grid: ChainGrid
    years: float | None
    forward: Forward | None
    no_forward: MissingReason
    smile: Smile

    @property
    def discount(self) -> float:
        """Value today of one unit at expiry."""
        return exp(-self.terms.rate * (self.years or 0.0))

    def spot(self, forward: Forward) -> float:
        """Return the price of the underlying; without one, what the forward is worth today."""
        spot = self.chain.spot_price
        return forward.price * self.discount if spot is None else spot

    def delta_price(self, forward: Forward) -> float:
        """Return the price that delta and gamma are taken by: the forward in BLACK76, else spot."""
        nse = self.terms.convention is PricingConvention.NSE
        return self.spot(forward) if nse else forward.price


def price_chain(chain: OptionChain, terms: PricingTerms) -> PricedChain:
    """Derive forward and smile of a chain by the convention of the terms."""
    (priced,) = price_chains([(chain, terms)])
    return priced


def price_chains(chains: Sequence[tuple[OptionChain, PricingTerms]]) -> list[PricedChain]:
    """Price several chains as each would be alone, and faster."""
    quoted = [_QuotedChain.of(chain, terms) for chain, terms in chains]
    together = [each.strikes for each in quoted if each.strikes and not each.by_nse]
    solved = iter(black76_smiles(together))
    return [
        PricedChain(
            chain=each.chain,
            terms=each.terms,
            grid=each.grid,
            years=each.years,
            forward=each.forward,
            no_forward=each.no_forward,
            smile=_smile(each, solved),
        )
        for each in quoted
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _QuotedChain:
    """A chain whose smile is yet to be found.

    Attributes:
        strikes: what it is found from; None where there is none to find.
    """

    chain: OptionChain
    terms: PricingTerms
    grid: ChainGrid
    years: float | None
    forward: Forward | None
    no_forward: MissingReason
    strikes: QuotedStrikes | None

    @classmethod
    def of(cls, chain: OptionChain, terms: PricingTerms) -> Self:
        grid = ChainGrid.of(calls=chain.calls, puts=chain.puts)
        years = terms.years_to_expiry(
            at=chain.timestamp, expiry=chain.expiry, expires_at=chain.expires_at
        )
        prices = _prices(grid, terms)
        forward = None if years is None else _forward(chain, grid, prices, terms=terms, years=years)
        strikes = None
        if forward is not None and years:
            strikes = QuotedStrikes(
                grid=grid, prices=prices, forward=forward, rate=terms.rate, years=years
            )
        return cls(
            chain=chain,
            terms=terms,
            grid=grid,
            years=years,
            forward=forward,
            no_forward=_no_forward(terms, years),
            strikes=strikes,
        )

    @property
    def by_nse(self) -> bool:
        """Whether each leg is solved on spot, which only has been asked for where there is one."""
        nse = self.terms.convention is PricingConvention.NSE
        return nse and self.chain.spot_price is not None


def _smile(quoted: _QuotedChain, solved: Iterator[Smile]) -> Smile:
    """Return the smile of a chain: the next of those solved together, unless it is no such."""
    if quoted.strikes is None:
        expired = quoted.forward is not None
        return no_smile(quoted.grid, MissingReason.EXPIRED if expired else quoted.no_forward)
    if quoted.by_nse and quoted.chain.spot_price is not None:
        return nse_smile(quoted.strikes, spot=quoted.chain.spot_price)
    return next(solved)


def _prices(grid: ChainGrid, terms: PricingTerms) -> LegPrices:
    last, volume = grid.column("last"), grid.column("volume")
    if terms.convention is PricingConvention.NSE:
        return last_prices(last=last, volume=volume)
    bid, ask = grid.column("bid"), grid.column("ask")
    return quoted_prices(strikes=grid.strikes, bid=bid, ask=ask, last=last, volume=volume)


def _forward(
    chain: OptionChain, grid: ChainGrid, prices: LegPrices, *, terms: PricingTerms, years: float
) -> Forward | None:
    if terms.convention is PricingConvention.NSE:
        return carried_spot(spot=chain.spot_price, rate=terms.rate, years=years)
    return implied_forward(
        strikes=grid.strikes, prices=prices, spot=chain.spot_price, rate=terms.rate, years=years
    )


def _no_forward(terms: PricingTerms, years: float | None) -> MissingReason:
    if years is None:
        return MissingReason.NO_EXPIRY_TIME
    if terms.convention is PricingConvention.NSE:
        return MissingReason.NO_SPOT
    return MissingReason.NO_FORWARD
