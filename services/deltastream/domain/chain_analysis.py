"""What an option chain means: everything that is computed of one product, expiry and time."""

from collections.abc import Sequence

import numpy as np

from deltastream.domain.at_the_money import find_straddle
from deltastream.domain.buildup import buildups
from deltastream.domain.events import OptionChain
from deltastream.domain.figures import (
    FIGURE_CODES,
    FIGURE_COLUMNS,
    ChainAnalysis,
    LegFigures,
    PricingConvention,
)
from deltastream.domain.findings import Findings
from deltastream.domain.gamma_figures import find_gamma
from deltastream.domain.positions import find_positions
from deltastream.domain.priced_chain import PricedChains, price_chains
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.domain.volatility_figures import find_volatility


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
    alike: dict[tuple[PricingConvention, int], list[int]] = {}
    for place, (chain, terms) in enumerate(chains):
        alike.setdefault((terms.convention, _size_class(chain)), []).append(place)
    found: dict[int, ChainAnalysis] = {}
    for places in alike.values():
        analyses = _analyse_alike([chains[place] for place in places])
        found |= zip(places, analyses, strict=True)
    return [found[place] for place in range(len(chains))]


def _size_class(chain: OptionChain) -> int:
    """Say how long a chain is, to within a factor of two.

    Chains that are computed together take as long as if all had the strikes of the longest.
    """
    return max(len(chain.calls), len(chain.puts)).bit_length()


def _analyse_alike(chains: Sequence[tuple[OptionChain, PricingTerms]]) -> list[ChainAnalysis]:
    """Analyse chains of one convention and about one size."""
    priced, findings = price_chains(chains), Findings(len(chains))
    # An absurd number becomes NaN or infinite in its place, and nothing is said about it.
    with np.errstate(all="ignore"):
        find_positions(priced.quoted.rows, findings)
        find_straddle(priced.quoted.rows, priced.quoted.spot, findings)
        find_volatility(priced, findings)
        find_gamma(priced, findings)
    figures = _figures(priced)
    return [
        ChainAnalysis(call_figures=calls, put_figures=puts, metrics=metrics)
        for calls, puts, metrics in zip(
            figures[: len(chains)], figures[len(chains) :], findings.metrics(), strict=True
        )
    ]


def _figures(priced: PricedChains) -> list[LegFigures]:
    """Return the figures of the listed calls of each chain, then of the puts of each."""
    rows, smiles, greeks = priced.quoted.rows, priced.smiles, priced.smiles.greeks
    done_by_traders = buildups(
        price_change=rows.column("price_change"),
        open_interest_change=rows.column("change_in_open_interest"),
    )
    numbers = {"iv": smiles.iv} | {name: getattr(greeks, name) for name in FIGURE_COLUMNS[1:]}
    codes = (smiles.reasons, smiles.basis, done_by_traders)
    columns = [rows.cut(column) for column in (*numbers.values(), *codes)]
    return [
        LegFigures(**dict(zip((*numbers, *FIGURE_CODES), side, strict=True)))
        for side in zip(*columns, strict=True)
    ]
