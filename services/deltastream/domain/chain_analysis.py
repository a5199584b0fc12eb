"""What an option chain means: everything that is computed of one product, expiry and time."""

from collections.abc import Sequence
from dataclasses import dataclass

from deltastream.domain.at_the_money import find_straddle
from deltastream.domain.buildup import buildups
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.events import EnrichedChain, Legs, OptionChain
from deltastream.domain.figures import ChainMetrics, LegFigures
from deltastream.domain.findings import Findings
from deltastream.domain.gamma_figures import find_gamma
from deltastream.domain.positions import find_positions
from deltastream.domain.priced_chain import PricedChain, price_chains
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.domain.volatility_figures import find_volatility


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainAnalysis:
    """What was computed of a chain: the figures of its legs, and of the whole."""

    call_figures: LegFigures
    put_figures: LegFigures
    metrics: ChainMetrics

    @classmethod
    def of(cls, enriched: EnrichedChain) -> "ChainAnalysis":
        """Take the analysis out of an enriched chain."""
        return cls(
            call_figures=enriched.call_figures,
            put_figures=enriched.put_figures,
            metrics=enriched.metrics,
        )


def analyse(chain: OptionChain, terms: PricingTerms) -> ChainAnalysis:
    """Compute everything there is to say of a chain. Never raises for what is quoted in it.

    Each figure that cannot be computed is absent, and says why under its name in the contract:
    those of a leg in its `iv_missing`, those of the whole in `missing`.
    """
    (analysis,) = analyse_together([(chain, terms)])
    return analysis


def analyse_together(
    chains: Sequence[tuple[OptionChain, PricingTerms]],
) -> list[ChainAnalysis]:
    """Analyse several chains as each would be alone, number by number, and faster."""
    return [_analysis_of(priced) for priced in price_chains(chains)]


def _analysis_of(priced: PricedChain) -> ChainAnalysis:
    chain, findings = priced.chain, Findings()
    find_positions(chain, findings)
    find_straddle(chain, findings)
    find_volatility(priced, findings)
    find_gamma(priced, findings)
    return ChainAnalysis(
        call_figures=_figures(priced, chain.calls, row=CALL),
        put_figures=_figures(priced, chain.puts, row=PUT),
        metrics=findings.metrics(),
    )


def _figures(priced: PricedChain, legs: Legs, *, row: int) -> LegFigures:
    """Cut the figures of the listed legs out of the grid."""
    smile, greeks = priced.smile, priced.smile.greeks
    listed = slice(None) if priced.grid.complete else priced.grid.listed[row]
    return LegFigures(
        iv=smile.iv[row][listed],
        delta=greeks.delta[row][listed],
        gamma=greeks.gamma[row][listed],
        theta=greeks.theta[row][listed],
        vega=greeks.vega[row][listed],
        rho=greeks.rho[row][listed],
        vanna=greeks.vanna[row][listed],
        volga=greeks.volga[row][listed],
        charm=greeks.charm[row][listed],
        iv_missing=smile.reasons[row][listed],
        price_basis=smile.basis[row][listed],
        buildup=buildups(
            price_change=legs.price_change, open_interest_change=legs.change_in_open_interest
        ),
    )
