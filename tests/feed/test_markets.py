"""What the feed says of its markets, and what others make of it on the bus."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.feed.stated_source import StatedSource, product
from tests.feed.tenures import tenure_of
from tests.fixtures.eventually import eventually

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.session import MarketSession, MarketState, session_of_all
from deltastream.domain.subjects import MARKETS
from deltastream.feed.markets import MarketAnnouncer, session_of
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.start import announce
from deltastream.feed.tenure import Tenure
from deltastream.market.v1 import session_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.market_sessions import MarketSessions

OPEN, CLOSED = MarketSession.OPEN, MarketSession.CLOSED
PRE_OPEN, UNKNOWN = MarketSession.PRE_OPEN, MarketSession.UNKNOWN
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Bench:
    """A feed's announcer and another service's reader, in time that a test sets."""

    def __init__(self, bus: Bus, tenure: Tenure) -> None:
        self.now = NOON
        self.bus = bus
        self.source = StatedSource()
        self.catalog = Catalog(bus)
        self.announcer = MarketAnnouncer(
            source=self.source,
            bus=bus,
            tenure=tenure,
            catalog=self.catalog,
            sequences=SequenceCounter(self.clock, above=0),
            clock=self.clock,
        )
        self.reader = MarketSessions(bus, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    async def said(self) -> list[session_pb2.MarketState]:
        """Return all that is on the bus."""
        entries = await self.bus.latest(MARKETS, limit=100)
        return [session_pb2.MarketState.FromString(entry.payload) for entry in entries]

    async def announce(self) -> None:
        await self.announcer.announce_changes()
        await self.reader.refresh()


def sessions_in(said: Sequence[session_pb2.MarketState]) -> list[tuple[str, MarketSession]]:
    return [(message.product, MarketSession(message.session)) for message in said]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bus = open_bus("memory:")
    async with tenure_of(bus) as tenure:
        yield Bench(bus, tenure)
    await bus.close()


@pytest.mark.parametrize(
    ("sessions", "together"),
    [
        ([], UNKNOWN),
        ([UNKNOWN], UNKNOWN),
        ([CLOSED, UNKNOWN], CLOSED),
        ([CLOSED, PRE_OPEN, UNKNOWN], PRE_OPEN),
        ([CLOSED, PRE_OPEN, OPEN, UNKNOWN], OPEN),
    ],
)
def test_markets_together_are_as_open_as_the_openest(
    sessions: list[MarketSession], together: MarketSession
) -> None:
    assert session_of_all(sessions) is together
    assert session_of_all(reversed(sessions)) is together


def test_the_feeds_session_is_that_of_the_products_asked_for() -> None:
    source = StatedSource()
    source.state(NIFTY=CLOSED, SPY=OPEN)

    assert session_of(source, None, NOON) is OPEN
    assert session_of(source, frozenset({"NIFTY"}), NOON) is CLOSED
    assert session_of(source, frozenset({"NIFTY", "SPY"}), NOON) is OPEN
    assert session_of(source, frozenset({"TSLA"}), NOON) is UNKNOWN


async def test_every_market_is_said_at_first_and_all_again_when_one_has_changed(
    bench: Bench,
) -> None:
    bench.source.state(NIFTY=PRE_OPEN, SPY=CLOSED)
    await bench.announce()
    bench.now += timedelta(minutes=15)
    bench.source.state(NIFTY=OPEN)
    await bench.announce()

    first, later = (await bench.said())[:2], (await bench.said())[2:]
    assert sessions_in(first) == [("NIFTY", PRE_OPEN), ("SPY", CLOSED)]
    assert sessions_in(later) == [("NIFTY", OPEN), ("SPY", CLOSED)]
    assert [m.since.ToDatetime(UTC) for m in later] == [NOON + timedelta(minutes=15), NOON]
    assert {m.source for m in (*first, *later)} == {session_pb2.SOURCE_KIND_LIVE}
    assert not first[0].HasField("changes_at")


async def test_what_has_not_changed_is_not_said_again(bench: Bench) -> None:
    bench.source.state(NIFTY=OPEN)
    for _ in range(3):
        await bench.announce()
        bench.now += timedelta(seconds=1)

    assert len(await bench.said()) == 2


async def test_sequences_go_on_above_what_the_bus_has_seen(bench: Bench) -> None:
    bench.source.state(NIFTY=OPEN)
    await bench.announce()
    last = await bench.bus.last_sequence(MARKETS)
    assert last >= int(NOON.timestamp()) * 1_000_000

    restarted = await announce(
        bench.bus, bench.catalog, [product("NIFTY")], [], clock=lambda: NOON - timedelta(days=1)
    )

    assert restarted > last


async def test_the_bus_keeps_the_newest_rounds_alone(bench: Bench) -> None:
    bench.source.state(SPY=CLOSED)
    for session in (PRE_OPEN, OPEN, CLOSED, PRE_OPEN, OPEN):
        bench.source.state(NIFTY=session)
        await bench.announce()

    assert len(await bench.said()) == 2 * 2
    fresh = MarketSessions(bench.bus, clock=bench.clock)
    await fresh.refresh()
    assert fresh.session(None) is OPEN
    assert fresh.session(frozenset({"SPY"})) is CLOSED


async def test_a_product_that_another_source_had_is_unknown_from_now_on(bench: Bench) -> None:
    await bench.catalog.announce([product("TSLA")], sequence=1)
    bench.source.state(NIFTY=CLOSED, SPY=CLOSED)

    await bench.announce()

    assert sessions_in(await bench.said()) == [
        ("TSLA", UNKNOWN),
        ("NIFTY", CLOSED),
        ("SPY", CLOSED),
    ]


async def test_every_market_is_said_again_after_another_feed_has_written(bench: Bench) -> None:
    bench.source.state(NIFTY=OPEN, SPY=OPEN)
    await bench.announce()
    async with tenure_of(bench.bus, holder="feed-0") as later:
        # As a process that has the name of the first; its leases have a new number.
        assert {lease.holder for lease in await later.held()} == {"feed-0"}

    async def said_now() -> list[tuple[str, MarketSession]]:
        await bench.announce()
        return sessions_in(await bench.said())

    twice = [("NIFTY", OPEN), ("SPY", OPEN)] * 2
    await eventually(said_now, lambda said: said == twice)


async def test_others_know_the_session_of_any_products(bench: Bench) -> None:
    assert bench.reader.session(None) is UNKNOWN
    bench.source.state(NIFTY=CLOSED, SPY=OPEN)

    await bench.announce()

    assert bench.reader.session(None) is OPEN
    assert bench.reader.session(frozenset({"NIFTY"})) is CLOSED
    assert bench.reader.session(frozenset({"SPY", "TSLA"})) is OPEN
    assert bench.reader.session(frozenset({"TSLA"})) is UNKNOWN


async def test_a_feed_that_is_gone_leaves_no_market_open(bench: Bench) -> None:
    close = NOON + timedelta(hours=1)
    bench.source.states["NIFTY"] = MarketState(session=OPEN, changes_at=close)
    await bench.announce()

    bench.now = close + timedelta(seconds=10)
    assert bench.reader.session(None) is OPEN
    bench.now = close + timedelta(seconds=20)
    assert bench.reader.session(None) is UNKNOWN


async def test_following_learns_of_changes_as_they_come(bench: Bench) -> None:
    async def session() -> MarketSession:
        return bench.reader.session(None)

    bench.source.state(NIFTY=PRE_OPEN)
    async with running(bench.announcer.run(), bench.reader.follow()):
        await eventually(session, lambda found: found is PRE_OPEN)
        bench.source.state(NIFTY=OPEN)
        await eventually(session, lambda found: found is OPEN)


async def test_a_bus_that_is_away_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = asyncio.Event()
    publish = bench.bus.publish

    async def fail_once(entries: object, *, under: object) -> None:
        monkeypatch.setattr(bench.bus, "publish", publish)
        refused.set()
        raise DependencyUnavailableError("bus")

    async def session() -> MarketSession:
        return bench.reader.session(None)

    monkeypatch.setattr(bench.bus, "publish", fail_once)
    bench.source.state(NIFTY=OPEN)
    async with running(bench.announcer.run(), bench.reader.follow()):
        await eventually(session, lambda found: found is OPEN)
    assert refused.is_set()
