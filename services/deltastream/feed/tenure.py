"""The right to be the one writer of a source's products."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.ports.leases import Lease, Leases
from deltastream.runtime.backoff import patiently

_log = structlog.get_logger()
GROUP: Final = "feed"
# The death of a feed is made good within the sum of both: under 2 s. Renewals may fail or be
# late for more than a second before a living feed is taken for dead.
LEASE_SECONDS: Final = 1.3
RENEWAL_SECONDS: Final = 0.2


class Tenure:
    """Holds the leases of all products of a source, or waits for whoever has one of them.

    All or none: two feeds whose products overlap would else wait for each other for ever. Whoever
    writes asks for the leases, and shows them to the bus when it writes.
    """

    def __init__(
        self,
        *,
        leases: Leases,
        holder: str,
        products: Sequence[str],
        begin: Callable[[], Awaitable[None]],
    ) -> None:
        """Hold nothing yet; `run` must run beside the writers.

        Args:
            leases: where all feeds look.
            holder: this feed's name, which no other living one has.
            products: what it writes.
            begin: what to do each time that the leases have been gained, before anybody writes.
        """
        self._leases = leases
        self._holder = holder
        self._products = sorted(products)
        self._begin = begin
        self._held: tuple[Lease, ...] = ()
        self._gained = asyncio.Event()
        self._lost = asyncio.Event()

    async def held(self) -> Sequence[Lease]:
        """Return the leases, as soon as there are any."""
        await self._gained.wait()
        return self._held

    @property
    def count(self) -> int:
        """How many leases there are; 0 while another feed writes."""
        return len(self._held) if self._gained.is_set() else 0

    def lose(self, shown: Sequence[Lease]) -> None:
        """Take note that the bus has refused these."""
        if shown == self._held:
            self._gained.clear()
            self._lost.set()

    async def run(self) -> None:
        """Gain, keep, and gain again what was lost, until cancelled; then give everything back."""
        try:
            while True:
                self._held = await self._gain()
                self._lost.clear()
                async with asyncio.TaskGroup() as group:
                    renewing = group.create_task(self._renew())
                    await patiently(self._begin, event="feed_begins_later")
                    self._gained.set()
                    await renewing
                self._gained.clear()
                _log.warning("feed_lost_its_lease", holder=self._holder)
        finally:
            self._gained.clear()
            await self._give_back()

    async def _gain(self) -> tuple[Lease, ...]:
        waited = False
        while True:
            found = await patiently(self._acquire, event="leases_wait")
            if len(found) == len(self._products):
                _log.info("feed_holds_its_lease", holder=self._holder)
                return tuple(found)
            if not waited:
                waited = True
                _log.warning("feed_waits_for_lease", holders=await self._holders())
            await asyncio.sleep(RENEWAL_SECONDS)

    async def _acquire(self) -> list[Lease]:
        found = await self._leases.acquire(
            GROUP, self._products, self._holder, seconds=LEASE_SECONDS
        )
        if 0 < len(found) < len(self._products):
            await self._leases.release(found)
            return []
        return found

    async def _holders(self) -> dict[str, str]:
        return await patiently(
            lambda: self._leases.holders(GROUP, self._products), event="leases_wait"
        )

    async def _renew(self) -> None:
        """Renew the leases until one of them is lost."""
        while not self._lost.is_set():
            kept = await patiently(
                lambda: self._leases.renew(self._held, seconds=LEASE_SECONDS), event="leases_wait"
            )
            if len(kept) < len(self._held):
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEWAL_SECONDS):
                    await self._lost.wait()

    async def _give_back(self) -> None:
        """Let another feed go on at once; if the bus is away, it goes on when the leases end."""
        with suppress(DependencyUnavailableError, TimeoutError):
            async with asyncio.timeout(LEASE_SECONDS):
                await self._leases.release(self._held)
