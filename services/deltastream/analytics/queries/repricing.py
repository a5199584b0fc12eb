"""Stored chains, priced again: what is stored of them is figures, not the smile as a whole."""

from deltastream.domain.events import EnrichedChain
from deltastream.domain.figures import PricingConvention
from deltastream.domain.priced_chain import PricedChain, price_chain
from deltastream.domain.pricing_terms import PricingTerms


def priced_again(enriched: EnrichedChain) -> PricedChain:
    """Price a chain by the terms that it was enriched with, which gives the same figures.

    A chain that states none, because it was stored before they were, is priced by the usual
    convention without interest.
    """
    metrics = enriched.metrics
    terms = PricingTerms(
        convention=metrics.convention or PricingConvention.BLACK76,
        rate=metrics.rate or 0.0,
        contract_size=metrics.contract_size,
    )
    return price_chain(enriched.chain, terms)
