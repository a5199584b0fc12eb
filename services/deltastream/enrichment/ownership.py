"""Shares the products out among the replicas, without a coordinator."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import ENRICHMENT_GROUP
from deltastream.enrichment.holdings import Holding, Holdings
from deltastream.enrichment.shares import share_of
from deltastream.log_library import structlog
from deltastream.ports.leases import Lease, Leases
from deltastream.runtime.backoff import patiently

_log = structlog.get_logger()
GROUP: Final = ENRICHMENT_GROUP
# The death of a replica is made good within the sum of both and what taking up needs: under 2 s.
# Renewals may fail or be late for more than a second before a living replica is taken for dead.
LEASE_SECONDS: Final = 1.3
RENEWAL_SECONDS: Final = 0.2


class Ownership:
    """Keeps this replica's fair share of the products, as others come and go.

    A product beyond the share is handed over in order: it is read no further, what is in hand is
    finished, stored and committed, and then its lease is released. A product whose lease was lost
    is dropped at once: another replica has it, and goes on from what was committed.
    """

    def __init__(
        self,
        *,
        leases: Leases,
        member: str,
        products: Collection[str],
        holdings: Holdings,
        finish: Callable[[], Awaitable[None]],
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """Own nothing yet.

        Args:
            leases: where all replicas look.
            member: this replica's name, which no other living one has.
            products: all that there are to share; may grow while it is in use.
            holdings: what is held.
            finish: returns when all that was begun of products read no further is committed.
            lease_seconds: how long the others wait for a replica that is not heard of.
        """
        self._leases = leases
        self._member = member
        self._products = products
        self._holdings = holdings
        self._finish = finish
        self._lease_seconds = lease_seconds
        self._round = asyncio.Lock()
        self._had: set[str] = set()
        self._draining = False
        self.members: list[str] = []

    async def run(self) -> None:
        """Renew and share until cancelled; a bus that is away is waited for."""
        async with asyncio.TaskGroup() as handing_over:
            while True:
                surplus = await patiently(self._balance, event="leases_wait")
                for holding in surplus:
                    handing_over.create_task(self._hand_over([holding]))
                await asyncio.sleep(RENEWAL_SECONDS)

    async def drain(self, *, seconds: float) -> None:
        """Hand everything over and leave; what is not finished in time is let go as it is."""
        async with self._round:
            self._draining = True
            await self._unless_away(self._leases.leave(GROUP, self._member))
        everything = [self._holdings.get(lease.name) for lease in self._holdings.leases]
        await self._hand_over([one for one in everything if one is not None], seconds=seconds)

    async def _balance(self) -> list[Holding]:
        """Renew what is held and acquire what is missing; return what is to be handed over."""
        async with self._round:
            await self._renew()
            if self._draining:
                return []
            self.members = await self._leases.present(
                GROUP, self._member, seconds=self._lease_seconds
            )
            share = share_of(self._member, self.members, self._products)
            staying = self._holdings.staying
            if len(staying) < len(share):
                await self._acquire(share, len(share) - len(staying))
        # What the deal would give to others goes first.
        by_claim = sorted(staying, key=lambda product: (product not in share, product))
        return [self._stop(staying[product]) for product in by_claim[len(share) :]]

    async def _renew(self) -> None:
        held = self._holdings.leases
        if held:
            kept = set(await self._leases.renew(held, seconds=self._lease_seconds))
            lost = [lease for lease in held if lease not in kept]
            self._holdings.lose([lease.name for lease in lost], lost)

    async def _acquire(self, share: list[str], count: int) -> None:
        holders = await self._leases.holders(GROUP, list(self._products))
        free = [
            product
            for product in self._products
            if self._holdings.get(product) is None and self._is_free(product, holders.get(product))
        ]
        free.sort(key=lambda product: (product not in share, product))
        if free:
            granted = await self._leases.acquire(
                GROUP, free[:count], self._member, seconds=self._lease_seconds
            )
            self._had.update(lease.name for lease in granted)
            self._holdings.grant(granted)

    def _is_free(self, product: str, holder: str | None) -> bool:
        """Say whether nobody holds a product, or an earlier life of this name does.

        Who holds, under our name, what we have had before is another process to which the name
        was given as well: we do not take it back from him.
        """
        return holder is None or (holder == self._member and product not in self._had)

    @staticmethod
    def _stop(holding: Holding) -> Holding:
        holding.staying = False
        return holding

    async def _hand_over(self, parting: list[Holding], *, seconds: float | None = None) -> None:
        for holding in parting:
            self._stop(holding)
        try:
            async with asyncio.timeout(seconds):
                await self._finish()
        except TimeoutError:
            _log.warning("handed_over_unfinished", products=[one.lease.name for one in parting])
        for holding in parting:
            self._holdings.drop(holding.lease)
        await self._release([holding.lease for holding in parting])

    async def _release(self, leases: list[Lease]) -> None:
        await self._unless_away(self._leases.release(leases))
        _log.info("products_handed_over", products=[lease.name for lease in leases])

    @staticmethod
    async def _unless_away(call: Awaitable[None]) -> None:
        try:
            await call
        except DependencyUnavailableError as error:
            # It lapses by itself: nobody renews it any more.
            _log.warning("lease_left_to_lapse", error=str(error))
