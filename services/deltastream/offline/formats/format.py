"""What every format of output does."""

from typing import Protocol

from deltastream.domain.events import EnrichedChain
from deltastream.domain.instruments import Product


class Format(Protocol):
    """Turns enriched chains into text; the parts in a row are the whole output."""

    def head(self) -> str:
        """Return what stands before all chains."""
        ...

    def chain(self, enriched: EnrichedChain, product: Product) -> str:
        """Return the text of one chain.

        Args:
            enriched: the chain.
            product: its product.
        """
        ...
