"""From raw chains to enriched ones."""

from collections.abc import Iterable, Iterator, Mapping

from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import EnrichedChain, OptionChain
from deltastream.domain.instruments import Product
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.offline.options import EnrichOptions
from deltastream.ports.clock import Clock


def enriched(
    chains: Iterable[OptionChain],
    *,
    products: Mapping[str, Product],
    options: EnrichOptions,
    clock: Clock,
) -> Iterator[EnrichedChain]:
    """Yield what each chain means, as enrichment in a mesh would say it.

    Args:
        chains: raw.
        products: those of the chains, by symbol.
        options: how to price them.
        clock: says when a chain was enriched.
    """
    policy = PricingPolicy()
    for chain in chains:
        terms = policy.terms(
            products[chain.product],
            convention=options.convention,
            rate=options.rate,
            contract_size=options.contract_size,
        )
        analysis = analyse(chain, terms)
        yield EnrichedChain(
            chain=chain,
            call_figures=analysis.call_figures,
            put_figures=analysis.put_figures,
            metrics=analysis.metrics,
            processed_at=clock(),
        )
