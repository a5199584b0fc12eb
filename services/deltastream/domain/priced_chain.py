"""A chain, priced: its forward, its time to expiry and its smile."""

from dataclasses import dataclass
from math import exp

from deltastream.domain.chain_grid import ChainGrid
from deltastream.domain.events import OptionChain
from deltastream.domain.figures import PricingConvention
from deltastream.domain.forward import Forward, carried_spot, implied_forward
from deltastream.domain.leg_prices import LegPrices, last_prices, quoted_prices
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.domain.smile import Smile, black76_smile, no_smile, nse_smile


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
    grid = ChainGrid.of(calls=chain.calls, puts=chain.puts)
    years = terms.years_to_expiry(
        at=chain.timestamp, expiry=chain.expiry, expires_at=chain.expires_at
    )
    prices = _prices(grid, terms)
    forward = None if years is None else _forward(chain, grid, prices, terms=terms, years=years)
    no_forward = _no_forward(terms, years)
    if years is None or forward is None:
        smile = no_smile(grid, no_forward)
    elif years == 0.0:
        smile = no_smile(grid, MissingReason.EXPIRED)
    else:
        smile = _smile(chain, grid, prices, forward=forward, terms=terms, years=years)
    return PricedChain(
        chain=chain,
        terms=terms,
        grid=grid,
        years=years,
        forward=forward,
        no_forward=no_forward,
        smile=smile,
    )


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


def _smile(
    chain: OptionChain,
    grid: ChainGrid,
    prices: LegPrices,
    *,
    forward: Forward,
    terms: PricingTerms,
    years: float,
) -> Smile:
    if terms.convention is PricingConvention.NSE and chain.spot_price is not None:
        return nse_smile(
            grid,
            prices,
            spot=chain.spot_price,
            forward=forward,
            rate=terms.rate,
            years=years,
        )
    return black76_smile(grid, prices, forward=forward, rate=terms.rate, years=years)
