"""Chains, priced: what they quote, and their smiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deltastream.domain.arrays import FloatArray, known
from deltastream.domain.chain_grid import ChainGrid
from deltastream.domain.events import OptionChain
from deltastream.domain.figures import PricingConvention
from deltastream.domain.forward import Forward
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.domain.quoted_chains import QuotedChains
from deltastream.domain.smile import Smiles, black76_smiles, nse_smiles


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PricedChains:
    """What the quotes of some chains of one pricing convention imply."""

    quoted: QuotedChains
    smiles: Smiles


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PricedChain:
    """What the quotes of one chain imply.

    Attributes:
        alone: the chain as the only one of some.
    """

    chain: OptionChain
    alone: PricedChains

    @property
    def grid(self) -> ChainGrid:
        """Its strikes."""
        return self.alone.quoted.rows.grids[0]

    @property
    def years(self) -> float | None:
        """Time to expiry; None when the instant of expiry is unknown."""
        return known(self.alone.quoted.years[0])

    @property
    def forward(self) -> Forward | None:
        """None when there is none, for `no_forward`."""
        return self.alone.quoted.forwards.of_chain(0)

    @property
    def no_forward(self) -> MissingReason:
        """Why there is no forward, if there is none."""
        return self.alone.quoted.no_forward(0)

    @property
    def by_strike(self) -> FloatArray:
        """The volatility that each strike stands for, shape (strikes,)."""
        return self.alone.smiles.by_strike[0, : len(self.grid.strikes)]


def price_chain(chain: OptionChain, terms: PricingTerms) -> PricedChain:
    """Derive forward and smile of a chain by the convention of the terms."""
    return PricedChain(chain=chain, alone=price_chains([(chain, terms)]))


def price_chains(chains: Sequence[tuple[OptionChain, PricingTerms]]) -> PricedChains:
    """Price at least one chain, all by one convention, as each would be alone, and faster."""
    # An absurd number becomes NaN or infinite in its place, and nothing is said about it.
    with np.errstate(all="ignore"):
        quoted = QuotedChains.of(chains)
        nse = quoted.convention is PricingConvention.NSE
        return PricedChains(
            quoted=quoted, smiles=nse_smiles(quoted) if nse else black76_smiles(quoted)
        )
