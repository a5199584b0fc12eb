"""The products of the mesh, as the feed announces them on the bus."""

from collections.abc import Mapping, Sequence
from typing import Final

from deltastream.domain.instruments import Product
from deltastream.domain.subjects import CATALOG
from deltastream.market.v1 import product_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.codec.products import decode_product, encode_product

_BATCH: Final = 500


class Catalog:
    """Knows every product that was ever announced; the newest description of a symbol holds."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._products: dict[str, Product] = {}
        self._position = 0

    @property
    def products(self) -> Mapping[str, Product]:
        """The products known so far, by symbol."""
        return self._products

    async def refresh(self, *, wait: float = 0.0) -> None:
        """Read what was announced since the last call, waiting up to `wait` seconds for it.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        entries = await self._bus.tail({CATALOG: self._position}, limit=_BATCH, wait=wait)
        while entries:
            for entry in entries:
                self._learn(entry)
            entries = await self._bus.tail({CATALOG: self._position}, limit=_BATCH, wait=0.0)

    async def announce(self, products: Sequence[Product], *, sequence: int) -> None:
        """Publish the descriptions that are new or changed, until the bus has them all.

        Another feed may announce its own at the same moment: of two entries under one sequence, or
        one that comes behind a higher, the bus takes the second for a repetition.

        Args:
            products: what the feed has.
            sequence: of the first announcement, unless the bus is further by then.
        """
        await self.refresh()
        while changed := [p for p in products if self._products.get(p.symbol) != p]:
            await self._publish(changed, first=max(sequence, self._position + 1))
            await self.refresh()

    async def _publish(self, products: Sequence[Product], *, first: int) -> None:
        await self._bus.publish(
            [
                Entry(
                    subject=CATALOG,
                    sequence=first + index,
                    payload=encode_product(product).SerializeToString(),
                )
                for index, product in enumerate(products)
            ]
        )

    def _learn(self, entry: Entry) -> None:
        # Two refreshes may run at once, and read the same entries.
        if entry.sequence > self._position:
            product = decode_product(product_pb2.Product.FromString(entry.payload))
            self._products[product.symbol] = product
            self._position = entry.sequence
