"""From a source's events to numbered entries on the bus."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.feed.tenures import tenure_of
from tests.fixtures.chains import BEGIN, EXPIRY, chain

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import OptionType, Product
from deltastream.domain.session import MarketSession, MarketState, SourceKind
from deltastream.domain.subjects import CATALOG, SubjectKind, subject_of
from deltastream.feed import pump as pumping
from deltastream.feed.payloads import chain_legs
from deltastream.feed.progress import FeedProgress
from deltastream.feed.pump import Pump
from deltastream.feed.sequences import SequenceCounter
from deltastream.feed.start import announce
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Bus
from deltastream.ports.clock import Clock
from deltastream.ports.source import SkippedRecords
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.moments import to_datetime

NOW = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
MICROSECONDS = int(NOW.timestamp()) * 1_000_000
NIFTY = Product(symbol="NIFTY", name="", exchange="", currency="INR", time_zone="Asia/Kolkata")


def now() -> datetime:
    return NOW


class ListedSource:
    """Offers given batches, and ends."""

    kind = SourceKind.REPLAY
    description = "a list"
    products: Sequence[Product] = (NIFTY,)
    exhausted = False

    def __init__(self, *batches: Sequence[MarketEvent]) -> None:
        self.skipped = SkippedRecords()
        self._batches = batches

    def market(self, product: str, now: datetime) -> MarketState:
        return MarketState(session=MarketSession.OPEN)

    def notices(self, now: datetime) -> Sequence[str]:
        return ()

    async def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        for batch in self._batches:
            yield batch


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    opened = open_bus("memory:")
    yield opened
    await opened.close()


def tick(number: int, product: str = "NIFTY") -> UnderlyingTick:
    return UnderlyingTick(
        product=product, price=100.0 + number, timestamp=BEGIN + timedelta(seconds=number)
    )


async def pump(bus: Bus, *batches: Sequence[MarketEvent], clock: Clock = now) -> FeedProgress:
    progress = FeedProgress()
    async with tenure_of(bus) as tenure:
        await Pump(
            source=ListedSource(*batches),
            bus=bus,
            tenure=tenure,
            sequences=SequenceCounter(clock, above=0),
            clock=clock,
            progress=progress,
        ).run()
    return progress


async def test_a_chain_is_stamped_when_it_goes_out_not_before_it_is_encoded(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    took = timedelta(milliseconds=5)
    time = NOW

    def slowly(event: OptionChain) -> bytes:
        nonlocal time
        time += took
        return chain_legs(event)

    monkeypatch.setattr(pumping, "chain_legs", slowly)
    await pump(bus, [chain(), chain()], clock=lambda: time)

    entries = await bus.latest(subject_of(SubjectKind.RAW_CHAINS, "NIFTY"), limit=10)
    chains = [chain_pb2.OptionChain.FromString(entry.payload) for entry in entries]
    assert [to_datetime(each.published_at) for each in chains] == [NOW + 2 * took] * 2


async def test_ticks_that_are_ready_together_share_an_entry_named_by_the_last(bus: Bus) -> None:
    await pump(bus, [tick(1), tick(2), tick(3)])
    (entry,) = await bus.latest(subject_of(SubjectKind.RAW_TICKS, "NIFTY"), limit=10)
    ticks = tick_pb2.UnderlyingTickBatch.FromString(entry.payload).ticks
    assert [one.sequence - MICROSECONDS for one in ticks] == [0, 1, 2]
    assert entry.sequence == ticks[-1].sequence
    assert ticks[0].processed_at.seconds == int(NOW.timestamp())


async def test_each_chain_is_an_entry_under_its_own_sequence(bus: Bus) -> None:
    await pump(bus, [chain(number=1), chain(number=2)])
    entries = await bus.latest(subject_of(SubjectKind.RAW_CHAINS, "NIFTY"), limit=10)
    chains = [chain_pb2.OptionChain.FromString(entry.payload) for entry in entries]
    assert [entry.sequence for entry in entries] == [one.sequence for one in chains]
    assert chains[0].published_at.seconds == int(NOW.timestamp())
    assert chains[0].calls[0].symbol == "NIFTY-20260127-95-CE"


async def test_what_the_source_did_not_state_stays_absent(bus: Bus) -> None:
    await pump(bus, [chain(spot=None)])
    (entry,) = await bus.latest(subject_of(SubjectKind.RAW_CHAINS, "NIFTY"), limit=1)
    message = chain_pb2.OptionChain.FromString(entry.payload)
    assert not message.HasField("spot_price")
    assert not message.calls[0].HasField("quoted_iv")


async def test_quotes_keep_their_option(bus: Bus) -> None:
    quote = OptionQuote(
        symbol="NIFTY-20260127-95-CE",
        product="NIFTY",
        expiry=EXPIRY,
        option_type=OptionType.CALL,
        strike=95.0,
        timestamp=BEGIN,
        bid=3.5,
    )
    await pump(bus, [quote])
    (entry,) = await bus.latest(subject_of(SubjectKind.RAW_QUOTES, "NIFTY"), limit=1)
    (found,) = chain_pb2.OptionQuoteBatch.FromString(entry.payload).quotes
    assert (found.symbol, found.strike, found.bid) == ("NIFTY-20260127-95-CE", 95.0, 3.5)
    assert not found.HasField("ask")


async def test_progress_counts_what_the_bus_has_acknowledged(bus: Bus) -> None:
    progress = await pump(bus, [tick(1), tick(2)], [chain(number=5), tick(3, "SPY")])
    nifty = progress.products["NIFTY"]
    assert (nifty.ticks, nifty.quotes, nifty.chains) == (2, 0, 1)
    assert nifty.last_event_at == BEGIN + timedelta(seconds=5)
    assert progress.products["SPY"].ticks == 1


@given(
    above=st.integers(0, 2 * MICROSECONDS),
    counts=st.lists(st.integers(1, 1000), min_size=1, max_size=20),
    steps=st.lists(st.integers(-10_000_000, 10_000_000), min_size=20, max_size=20),
)
def test_sequences_increase_whatever_the_clock_does(
    above: int, counts: list[int], steps: list[int]
) -> None:
    moments = iter(steps)
    counter = SequenceCounter(lambda: NOW + timedelta(microseconds=next(moments)), above=above)
    last = above
    for count in counts:
        first = counter.take(count)
        assert first > last
        last = first + count - 1


async def test_announcing_returns_a_sequence_that_nothing_on_the_bus_exceeds(bus: Bus) -> None:
    await pump(bus, [chain(number=1)])
    ahead = await bus.last_sequence(subject_of(SubjectKind.RAW_CHAINS, "NIFTY"))
    last = await announce(bus, Catalog(bus), [NIFTY], [SubjectKind.RAW_CHAINS], clock=lambda: BEGIN)
    assert last > ahead


async def test_announcing_again_says_only_what_has_changed(bus: Bus) -> None:
    for _ in range(2):
        await announce(bus, Catalog(bus), [NIFTY], [], clock=now)
    assert len(await bus.latest(CATALOG, limit=10)) == 1
