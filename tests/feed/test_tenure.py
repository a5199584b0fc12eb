"""One feed writes a product; another waits, and goes on when the first is gone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.feed.tenures import tenure_of
from tests.feed.test_pump import ListedSource, now, tick
from tests.fixtures.eventually import eventually

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import MarketEvent
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.feed.progress import FeedProgress
from deltastream.feed.pump import Pump
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.start import announce
from deltastream.feed.tenure import GROUP, LEASE_SECONDS, RENEWAL_SECONDS, Tenure
from deltastream.market.v1 import tick_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.leases import Lease
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog

TAKE_OVER_SECONDS = 2.0
TICKS = subject_of(SubjectKind.RAW_TICKS, "NIFTY")


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Bus]:
    opened = open_bus(redis_url if request.param == "redis" else "memory:")
    yield opened
    await opened.close()


class QueuedSource(ListedSource):
    """Offers what a test puts into it."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[Sequence[MarketEvent]] = asyncio.Queue()

    async def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        while True:
            yield await self.queue.get()


class Feed:
    """A feed of NIFTY, as its process joins it."""

    def __init__(self, bus: Bus, holder: str) -> None:
        self.bus = bus
        self.source = QueuedSource()
        self.sequences = SequenceCounter(now, above=0)
        self.tenure = Tenure(
            leases=bus.leases, holder=holder, products=["NIFTY"], begin=self._begin
        )
        self.pump = Pump(
            source=self.source,
            bus=bus,
            tenure=self.tenure,
            sequences=self.sequences,
            clock=now,
            progress=FeedProgress(),
        )

    async def _begin(self) -> None:
        kinds = [SubjectKind.RAW_TICKS]
        catalog = Catalog(self.bus)
        self.sequences.advance(
            await announce(self.bus, catalog, self.source.products, kinds, clock=now)
        )

    async def run(self) -> None:
        async with self.running():
            await asyncio.Event().wait()

    def running(self) -> AbstractAsyncContextManager[None]:
        """Run it; leaving the block ends it in order."""
        return running(self.tenure.run(), self.pump.run())


async def prices(bus: Bus) -> list[float]:
    """Return the prices on the bus, in its order."""
    return [
        one.price
        for entry in await bus.latest(TICKS, limit=1000)
        for one in tick_pb2.UnderlyingTickBatch.FromString(entry.payload).ticks
    ]


async def test_a_second_feed_waits_and_says_for_whom(bus: Bus) -> None:
    first, second = Feed(bus, "feed-a"), Feed(bus, "feed-b")
    with capture_logs() as logs:

        async def waits() -> list[object]:
            return [log["holders"] for log in logs if log["event"] == "feed_waits_for_lease"]

        async with first.running():
            await first.tenure.held()
            async with second.running():
                await second.source.queue.put([tick(2)])
                await eventually(waits, bool)
                await first.source.queue.put([tick(1)])
                await eventually(lambda: prices(bus), lambda found: found == [101.0])
        assert await waits() == [{"NIFTY": "feed-a"}]


async def test_it_takes_over_at_once_from_a_feed_that_ends_in_order(bus: Bus) -> None:
    first, second = Feed(bus, "feed-a"), Feed(bus, "feed-b")
    first_runs = asyncio.create_task(first.run())
    await first.source.queue.put([tick(1)])
    await eventually(lambda: prices(bus), lambda found: found == [101.0])
    async with second.running():
        await second.source.queue.put([tick(2)])
        first_runs.cancel()
        await asyncio.wait([first_runs])
        # Its lease has not lapsed: it was given back.
        assert (await bus.leases.holders(GROUP, ["NIFTY"])).get("NIFTY") != "feed-a"
        await eventually(lambda: prices(bus), lambda found: found == [101.0, 102.0])


async def test_it_takes_over_from_one_that_is_dead(bus: Bus) -> None:
    # Its lease has to end, and the next look at it to come.
    assert LEASE_SECONDS + RENEWAL_SECONDS < TAKE_OVER_SECONDS
    # Whoever took this lease never renews it.
    await bus.leases.acquire(GROUP, ["NIFTY"], "feed-a", seconds=1.0)
    second = Feed(bus, "feed-b")
    await second.source.queue.put([tick(2)])
    async with second.running():
        await eventually(lambda: prices(bus), lambda found: found == [102.0])


async def test_a_feed_that_was_frozen_publishes_nothing_until_it_is_the_writer_again(
    bus: Bus,
) -> None:
    frozen = Feed(bus, "feed-a")
    async with frozen.running():
        stale = await frozen.tenure.held()
        await bus.leases.release(stale)
        (other,) = await bus.leases.acquire(GROUP, ["NIFTY"], "feed-b", seconds=30.0)
        await frozen.source.queue.put([tick(1)])
        await eventually(lambda: _is_taken(frozen), bool)
        assert await bus.latest(TICKS, limit=1) == []
        # What the other writes, by a clock that is ahead, stands below what follows all the same.
        ahead = int((now() + timedelta(days=1)).timestamp()) * 1_000_000
        await bus.publish([Entry(subject=TICKS, sequence=ahead, payload=b"")], under=[other])
        await bus.leases.release([other])
        await eventually(lambda: prices(bus), lambda found: found == [101.0])
    assert await bus.last_sequence(TICKS) > ahead


async def _is_taken(feed: Feed) -> bool:
    return feed.source.queue.empty()


async def test_what_arrived_before_the_lease_was_lost_is_not_published_again(bus: Bus) -> None:
    losing = AnswerLosingBus(bus)
    feed = Feed(losing, "feed-a")  # type: ignore[arg-type]  # it is one, but for what it loses
    async with feed.running():
        await feed.tenure.held()
        losing.lose_next = True
        await feed.source.queue.put([tick(1), tick(2)])
        await feed.source.queue.put([tick(3)])
        await eventually(lambda: prices(bus), lambda found: found[-1:] == [103.0])
    assert await prices(bus) == [101.0, 102.0, 103.0]


async def test_feeds_that_share_a_product_do_not_wait_for_each_other_for_ever(bus: Bus) -> None:
    async with tenure_of(bus, ["NIFTY", "SPY"], holder="feed-a") as first:
        held = await first.held()
        assert [lease.name for lease in held] == ["NIFTY", "SPY"]
        async with (
            tenure_of(bus, ["SPY", "TSLA"], holder="feed-b") as second,
            tenure_of(bus, ["TSLA"], holder="feed-c") as third,
        ):
            async with asyncio.timeout(10.0):
                assert await third.held()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await second.held()


async def test_leases_are_kept_for_as_long_as_the_feed_lives(bus: Bus) -> None:
    async with tenure_of(bus, ["NIFTY"]) as tenure:
        held = await tenure.held()
        loop = asyncio.get_running_loop()
        begun = loop.time()

        async def later() -> float:
            assert await bus.leases.holders(GROUP, ["NIFTY"]) == {"NIFTY": "feed-0"}
            return loop.time() - begun

        await eventually(later, lambda passed: passed > 1.5)
        assert await tenure.held() == held
    assert await bus.leases.holders(GROUP, ["NIFTY"]) == {}


class AnswerLosingBus:
    """A bus that loses an answer, and with it the writer's lease."""

    def __init__(self, real: Bus) -> None:
        self._real = real
        self.lose_next = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    async def publish(self, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        await self._real.publish(entries, under=under)
        if self.lose_next and under:
            self.lose_next = False
            await self._real.leases.release([replace(lease) for lease in under])
            raise DependencyUnavailableError("bus")
