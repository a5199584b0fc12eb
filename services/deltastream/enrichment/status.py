"""Which replica enriches what, and how far each product is behind the market."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.reading import RAW_KINDS
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.ports.bus import Bus


class EnrichmentStatus:
    """Describes all replicas together, from what they share: the bus."""

    def __init__(
        self,
        *,
        bus: Bus,
        letters: LetterBox,
        products: Collection[str],
        members: Callable[[], Sequence[str]],
    ) -> None:
        """Make a description.

        Args:
            bus: where the replicas meet.
            letters: counted.
            products: all that there are; may grow.
            members: the replicas that live, as known here.
        """
        self._bus = bus
        self._letters = letters
        self._products = products
        self._members = members

    async def describe(self) -> pb.GetEnrichmentStatusResponse:
        """Say how things are now.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        products = sorted(self._products)
        chains = {product: subject_of(SubjectKind.RAW_CHAINS, product) for product in products}
        holders = await self._bus.leases.holders(GROUP, products)
        positions = await self._bus.positions(GROUP, list(chains.values()))
        unfinished = await asyncio.gather(*map(self._unfinished, products))
        return pb.GetEnrichmentStatusResponse(
            replicas=self._members(),
            dead_letters=await self._letters.count(),
            products=[
                pb.ProductEnrichment(
                    product=product,
                    replica=holders.get(product, ""),
                    unfinished=waiting,
                    last_sequence=positions[chains[product]],
                )
                for product, waiting in zip(products, unfinished, strict=True)
            ],
        )

    async def _unfinished(self, product: str) -> int:
        backlogs = await asyncio.gather(
            *(self._bus.backlog(subject_of(kind, product)) for kind in RAW_KINDS)
        )
        return sum(backlog.unfinished for backlog in backlogs)
