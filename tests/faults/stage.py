"""A mesh at work under the eyes of the oracle: generator, subscribers, and the final reckoning."""

import asyncio
import math
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.faults.generator import LedgerSource, generating, ledger_products
from tests.faults.history import History, following
from tests.faults.ledger import Differences, Ledger, compare
from tests.faults.mesh import FaultMesh
from tests.faults.raw_watch import RawWatch, watching_raw
from tests.faults.stored import StoredEvents
from tests.faults.trial import Trial
from tests.faults.waiting import moment_when

from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.runtime.catalog import Catalog

_SETTLE_SECONDS: Final = 90.0
_BEGIN_SECONDS: Final = 60.0
_USUAL_DELAY_SECONDS: Final = 0.2
_POLL_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A mesh that works through the generator's events.

    Attributes:
        trial: for whom.
        mesh: what is harmed.
        symbols: the generator's products.
        source: the generator; its rate may be changed.
        ledger: what it published.
        histories: what subscribers got.
        watch: what the real feed published.
        feeds: the real feed's products.
        excused: events that need not be delivered, but must be stored.
    """

    trial: Trial
    mesh: FaultMesh
    symbols: Sequence[str]
    source: LedgerSource
    ledger: Ledger
    histories: Sequence[History]
    watch: RawWatch
    feeds: Sequence[str]
    excused: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def store_only(self, product: str, sequence: int) -> None:
        """Do not demand of an event that subscribers get it."""
        self.excused[product].add(sequence)

    async def backlog(self) -> int:
        """Count the generator's events that are acknowledged, and not stored yet."""
        newest = await self.stored("chains").newest(self.symbols)
        return sum(
            len(acknowledged) - bisect_right(acknowledged, newest[product])
            for product, acknowledged in self.ledger.acknowledged.items()
        )

    def stored(self, table: str) -> StoredEvents:
        """Return what the market database has of a kind."""
        return StoredEvents(file=self.mesh.database, table=table)

    async def normal_backlog(self, *, seconds: float) -> int:
        """Return the largest backlog in some seconds without a fault."""
        deadline, largest = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            largest = max(largest, await self.backlog())
            await asyncio.sleep(_POLL_SECONDS)
        return largest

    async def backlog_at_most(self, most: int, *, seconds: float) -> float:
        """Wait until the backlog is no larger.

        Returns:
            When that was, by the loop's clock; infinity if it was not within `seconds`.
        """

        async def small() -> bool:
            return await self.backlog() <= most

        return await moment_when(small, seconds=seconds, every=_POLL_SECONDS)

    async def begins(self) -> None:
        """Return when events flow, and what gathered before they did is worked off.

        Raises:
            RuntimeError: that took too long, although nothing was done to the mesh yet.
        """
        flows = await self.goes_on(seconds=_BEGIN_SECONDS)
        most = max(1, int(self.source.per_second * _USUAL_DELAY_SECONDS))
        settled = await self.backlog_at_most(most, seconds=_BEGIN_SECONDS)
        if math.isinf(flows) or math.isinf(settled):
            raise RuntimeError(
                f"without any fault, {self.source.per_second:g} chains/s are too many here:"
                f" a backlog of {await self.backlog()} chains"
            )

    async def goes_on(self, *, seconds: float = 30.0) -> float:
        """Wait until every subscriber got an event of every product published from now on.

        Returns:
            When that was, by the loop's clock; infinity if it was not within `seconds`.
        """
        now = time.time_ns() // 1000
        waits = (h.goes_on(self.symbols, after=now, seconds=seconds) for h in self.histories)
        return max(await asyncio.gather(*waits))

    async def publishes(self, *, seconds: float = 30.0) -> float:
        """Wait until the bus has acknowledged an event published from now on.

        Returns:
            When that was, by the loop's clock; infinity if it was not within `seconds`.
        """
        now = time.time_ns() // 1000

        async def acknowledged() -> bool:
            return max(s[-1] for s in self.ledger.acknowledged.values()) > now

        return await moment_when(acknowledged, seconds=seconds)

    async def goes_quiet(self, histories: Sequence[History], *, seconds: float = 30.0) -> None:
        """Wait until subscribers have the newest event of each product they got any of."""

        async def up_to_date() -> bool:
            return all(
                newest >= self.ledger.acknowledged[product][-1]
                for history in histories
                for product, newest in history.newest.items()
            )

        await moment_when(up_to_date, seconds=seconds)

    async def judge(self) -> None:
        """Wait until nothing more comes, then demand that everybody has what the ledger has."""
        await self._settle()
        trial = self.trial
        trial.note("published and acknowledged", f"{self.ledger.count} chains")
        found = {"stored": await self._compare_stored("chains", self.ledger, self.symbols)}
        for history in self.histories:
            found[f"delivered to {history.name}"] = compare(
                self.ledger.without(self.excused), history.sequences
            )
        for table, ledger in (("chains", self.watch.chains), ("ticks", self.watch.ticks)):
            found[f"{ledger.count} {table} of the real feed, stored"] = await self._compare_stored(
                table, ledger, self.feeds, strangers=True
            )
        trial.no_differences(found)
        for history in self.histories:
            _judge_streams(trial, history)

    async def _compare_stored(
        self, table: str, ledger: Ledger, products: Sequence[str], *, strangers: bool = False
    ) -> Differences:
        rows = await self.stored(table).sequences(products)
        if strangers:
            # The watch began later than the feed: what is older than it saw is none of its.
            known = ledger.offered
            rows = {p: [s for s in rows[p] if s in known.get(p, ())] for p in rows}
        return compare(ledger, rows, ordered=False)

    async def _settle(self) -> None:
        """Return when all has arrived, or too much time has passed."""
        expected = self.ledger.without(self.excused).count

        async def settled() -> bool:
            return (
                all(history.count >= expected for history in self.histories)
                and await self._is_stored()
            )

        await moment_when(settled, seconds=_SETTLE_SECONDS, every=0.5)

    async def _is_stored(self) -> bool:
        pairs = (
            ("chains", self.ledger, self.symbols),
            ("chains", self.watch.chains, self.feeds),
            ("ticks", self.watch.ticks, self.feeds),
        )
        for table, ledger, products in pairs:
            if (await self._compare_stored(table, ledger, products)).lost:
                return False
        return True


def _judge_streams(trial: Trial, history: History) -> None:
    trial.demand(
        f"resets and gaps of frames, {history.name}",
        f"{history.resets} and {history.skipped_frames}",
        holds=history.resets == 0 and history.skipped_frames == 0,
    )
    ends = ", ".join(f"{count} {name}" for name, count in sorted(history.failures.items()))
    trial.note(
        f"streams of {history.name}",
        f"{history.streams}; ended: {ends or 'none'};"
        f" longest silence {history.longest_silence:.2f} s,"
        f" longest delay {max(history.delays.values(), default=math.nan):.2f} s",
    )


@asynccontextmanager
async def staged(
    trial: Trial,
    mesh: FaultMesh,
    *,
    per_second: float,
    subscribers: Mapping[str, str],
    products: int = 8,
    bus_url: str | None = None,
) -> AsyncIterator[Stage]:
    """Put a mesh to work, and judge it at the end of the block.

    Args:
        trial: for whom.
        mesh: what is to work.
        per_second: chains of 21 strikes.
        subscribers: where each connects to, by name.
        products: how many the generator invents.
        bus_url: where the generator publishes; straight to the mesh's Redis by default.
    """
    invented = ledger_products(products)
    symbols = [product.symbol for product in invented]
    feeds = await _known_products(mesh.bus_url)
    source, ledger = LedgerSource(invented, per_second=per_second), Ledger()
    async with AsyncExitStack() as stack:
        watch_stack = await stack.enter_async_context(AsyncExitStack())
        watch = await watch_stack.enter_async_context(watching_raw(mesh.bus_url, feeds))
        histories = [
            await stack.enter_async_context(following(address, symbols, name=name))
            for name, address in subscribers.items()
        ]
        async with generating(source, ledger, bus_url=bus_url or mesh.bus_url):
            stage = Stage(
                trial=trial,
                mesh=mesh,
                symbols=symbols,
                source=source,
                ledger=ledger,
                histories=histories,
                watch=watch,
                feeds=feeds,
            )
            await stage.begins()
            yield stage
        await watch_stack.aclose()
        await stage.judge()


async def _known_products(bus_url: str) -> list[str]:
    """Return the symbols that the real feed has announced."""
    bus = RedisStreamsBus(bus_url)
    try:
        catalog = Catalog(bus)
        await catalog.refresh()
        return sorted(catalog.products)
    finally:
        await bus.close()
