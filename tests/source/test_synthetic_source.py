"""What the synthetic source says, when, and that it says the same again."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from tests.source.synthetic_markets import (
    START,
    VirtualTime,
    batches_until,
    chains_of,
    events_of,
    open_source,
    quotes_of,
    ticks_of,
)

from deltastream.adapters.source.synthetic import CATCH_UP, LONGEST_BATCH, SHORTEST_PAUSE
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import OptionType, QuantityUnit, parse_instrument_id
from deltastream.domain.session import MarketSession, MarketState, SourceKind
from deltastream.domain.synthetic.settings import SyntheticSettings
from deltastream.ports.source import Source

SYMBOLS = ["AAPL", "BANKNIFTY", "FINNIFTY", "NIFTY", "QQQ", "SENSEX", "SPY", "TSLA"]


def comparable(event: MarketEvent) -> object:
    """Return everything an event says as something that can be compared."""
    if isinstance(event, OptionChain):
        tables = (event.calls.table().tolist(), event.puts.table().tolist())
        return (event.product, event.expiry, event.timestamp, event.spot_price, tables)
    return event


def test_it_says_what_it_is() -> None:
    source: Source = open_source(VirtualTime(), seed=7)

    assert source.kind is SourceKind.SYNTHETIC
    assert source.description == "synthetic, seed 7"
    assert source.market("NIFTY", START) == MarketState(session=MarketSession.OPEN)
    assert not source.exhausted


def test_its_products_are_described_before_the_first_event() -> None:
    products = open_source(VirtualTime()).products

    assert [product.symbol for product in products] == SYMBOLS
    for product in products:
        indian = product.symbol in {"NIFTY", "BANKNIFTY", "FINNIFTY", "SENSEX"}
        assert product.currency == ("INR" if indian else "USD")
        assert product.time_zone == ("Asia/Kolkata" if indian else "America/New_York")
        assert product.quantity_unit is QuantityUnit.CONTRACTS
        assert product.lot_size
        assert product.tick_size
    exchanges = {product.symbol: product.exchange for product in products}
    assert (exchanges["NIFTY"], exchanges["SENSEX"]) == ("XNSE", "XBOM")


@pytest.mark.parametrize(
    ("symbol", "base_price", "strike_step"),
    [
        ("NIFTY", 21_500, 50),
        ("BANKNIFTY", 45_000, 100),
        ("FINNIFTY", 19_500, 100),
        ("SENSEX", 71_000, 100),
        ("AAPL", 185, 5),
        ("TSLA", 245, 5),
        ("SPY", 475, 5),
        ("QQQ", 395, 5),
    ],
)
async def test_products_begin_at_their_base_price_on_their_strikes(
    symbol: str, base_price: float, strike_step: float
) -> None:
    events = await events_of(symbol, seconds=10)
    chain = chains_of(events)[0]

    assert ticks_of(events, symbol)[0].price == pytest.approx(base_price, rel=1e-3)
    assert {b - a for a, b in pairwise(chain.calls.strikes.tolist())} == {strike_step}
    assert chain.calls.strikes.tolist() == chain.puts.strikes.tolist()
    assert len(chain.calls) == 21
    assert abs(chain.calls.strikes[10] - base_price) <= strike_step


async def test_the_same_seed_and_clock_give_the_same_events() -> None:
    first = await events_of(seconds=12, seed=3)
    second = await events_of(seconds=12, seed=3)

    assert [comparable(event) for event in first] == [comparable(event) for event in second]


async def test_another_seed_gives_other_events_at_the_same_times() -> None:
    first = await events_of(seconds=12, seed=3)
    second = await events_of(seconds=12, seed=4)

    assert [event.timestamp for event in first] == [event.timestamp for event in second]
    assert [comparable(event) for event in first] != [comparable(event) for event in second]


async def test_beginning_anew_gives_the_same_events() -> None:
    time = VirtualTime()
    source = open_source(time, "SPY")
    end = START + timedelta(seconds=6)
    first = [event async for batch in batches_until(source, time, end) for event in batch]
    time.now = START

    second = [event async for batch in batches_until(source, time, end) for event in batch]

    assert [comparable(event) for event in first] == [comparable(event) for event in second]


async def test_it_does_not_matter_how_much_falls_due_while_it_sleeps() -> None:
    settings = SyntheticSettings(rate=40.0)
    promptly = await events_of(seconds=1.0, settings=settings)
    time = VirtualTime(coarseness=0.05)
    source = open_source(time, settings=settings)
    end = START + timedelta(seconds=1.0)

    in_heaps = [event async for batch in batches_until(source, time, end) for event in batch]

    assert [comparable(event) for event in in_heaps] == [comparable(event) for event in promptly]


async def test_only_the_wanted_products_are_there_and_they_are_as_among_all() -> None:
    among_all = await events_of(seconds=12)
    wanted = await events_of("TSLA", "NIFTY", seconds=12)

    assert {event.product for event in wanted} == {"NIFTY", "TSLA"}
    assert [comparable(event) for event in wanted] == [
        comparable(event) for event in among_all if event.product in {"NIFTY", "TSLA"}
    ]


def test_a_product_that_is_not_there_is_refused_and_the_known_are_named() -> None:
    with pytest.raises(InvalidValueError, match="NIFTI is not synthetic") as refused:
        open_source(VirtualTime(), "NIFTY", "NIFTI")

    assert refused.value.field == "products"
    assert all(symbol in refused.value.problem for symbol in SYMBOLS)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="seed: must be at least 0, not -1"):
        open_source(VirtualTime(), seed=-1)


async def test_every_kind_of_event_keeps_its_interval() -> None:
    settings = SyntheticSettings(tick_interval=0.5, quote_interval=2.0, chain_interval=4.0)
    times = defaultdict[tuple[Any, ...], list[datetime]](list)
    subject: tuple[Any, ...]

    for event in await events_of("NIFTY", "SPY", seconds=30, settings=settings):
        match event:
            case UnderlyingTick():
                subject = (event.product, timedelta(seconds=0.5))
            case OptionChain():
                subject = (event.product, event.expiry, timedelta(seconds=4.0))
            case OptionQuote():
                subject = (event.symbol, timedelta(seconds=2.0))
        times[subject].append(event.timestamp)

    assert len(times) == 2 * (1 + 3 + 42)
    for (*_, interval), moments in times.items():
        assert {b - a for a, b in pairwise(moments)} == {interval}
        assert moments[-1] > START + timedelta(seconds=30) - interval


async def test_a_rate_gives_as_many_times_as_many_events() -> None:
    usual = Counter(type(event) for event in await events_of(seconds=20))

    faster = await events_of(seconds=2, settings=SyntheticSettings(rate=10.0))

    counts = Counter(type(event) for event in faster)
    for kind, count in usual.items():
        assert counts[kind] == pytest.approx(count, rel=0.05)


async def test_chains_come_one_by_one_evenly_over_the_interval() -> None:
    chains = chains_of(await events_of(seconds=30))
    gaps = [(b.timestamp - a.timestamp).total_seconds() for a, b in pairwise(chains)]

    assert gaps == pytest.approx([5 / (8 * 3)] * len(gaps), abs=2e-6)


LOAD = SyntheticSettings(tick_interval=0.02, quote_interval=0.5, chain_interval=0.48)
"""Many events a second, and none of them rare."""


async def test_under_load_a_batch_holds_what_a_pause_holds_and_never_all_at_once() -> None:
    """Of chains 24 / 0.48 s = 50 a second: one in a pause, though a product's three are due."""
    time = VirtualTime()
    source = open_source(time, settings=LOAD)
    chains, ticks = list[int](), list[int]()

    async for batch in batches_until(source, time, START + timedelta(seconds=3)):
        chains.append(len(chains_of(batch)))
        ticks.append(sum(isinstance(event, UnderlyingTick) for event in batch))
        assert batch[-1].timestamp - batch[0].timestamp <= timedelta(seconds=SHORTEST_PAUSE)

    assert max(chains) == 1
    assert sum(chains) == pytest.approx(3 * 50, abs=1)
    assert max(ticks) <= 3
    assert sum(ticks) == pytest.approx(3 * 400, abs=3)


@pytest.mark.parametrize("seed", [1, 2])
async def test_ticks_and_quotes_of_products_come_one_after_another_evenly(seed: int) -> None:
    """When is part of the settings, not of chance: the same with every seed."""
    events = await events_of(seconds=2, seed=seed, settings=LOAD)
    ticks = [event for event in events if isinstance(event, UnderlyingTick)]
    rounds = sorted({(quote.timestamp, quote.product) for quote in quotes_of(events)})

    for moments, interval in (
        ([tick.timestamp for tick in ticks], 0.02),
        ([moment for moment, _ in rounds], 0.5),
    ):
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
        assert gaps == pytest.approx([interval / 8] * len(gaps), abs=2e-6)


@pytest.mark.parametrize("haste", [1.0, 0.5], ids=["sleep ends on time", "sleep ends too soon"])
async def test_batches_are_never_empty_never_early_and_in_order(haste: float) -> None:
    time = VirtualTime(haste=haste)
    said: list[datetime] = []

    async for batch in batches_until(open_source(time), time, START + timedelta(seconds=12)):
        assert batch
        assert all(event.timestamp <= time.now for event in batch)
        said += [event.timestamp for event in batch]

    assert said == sorted(said)


async def test_it_sleeps_until_the_next_event_is_due() -> None:
    time = VirtualTime()
    source = open_source(time, "NIFTY")

    async for batch in batches_until(source, time, START + timedelta(seconds=12)):
        delays = [(time.now - event.timestamp).total_seconds() for event in batch]
        assert 0.0 <= max(delays) <= SHORTEST_PAUSE + 0.001


async def test_a_chain_states_the_last_price_of_its_underlying() -> None:
    price: dict[str, float | None] = {}

    for event in await events_of(seconds=12):
        if isinstance(event, UnderlyingTick):
            price[event.product] = event.price
        elif isinstance(event, OptionChain) and event.product in price:
            assert event.spot_price == price[event.product]


async def test_a_short_delay_is_made_up_for_in_small_batches() -> None:
    time = VirtualTime()
    source = open_source(time)
    promptly = await events_of(seconds=12)
    delay = timedelta(seconds=CATCH_UP * 0.75)
    said: list[MarketEvent] = []

    async for batch in batches_until(source, time, START + timedelta(seconds=12)):
        if not said:
            time.now += delay
        said += batch
        span = batch[-1].timestamp - batch[0].timestamp
        assert span <= timedelta(seconds=LONGEST_BATCH)

    assert [comparable(event) for event in said] == [comparable(event) for event in promptly]
    assert not source.skipped.counts


async def test_a_long_delay_is_given_up_and_counted() -> None:
    time = VirtualTime()
    source = open_source(time, "NIFTY")
    said: list[MarketEvent] = []
    behind = timedelta(hours=1)

    async for batch in batches_until(source, time, START + behind + timedelta(seconds=10)):
        if not said:
            time.now += behind
        said += batch

    ticks, chains = ticks_of(said, "NIFTY"), chains_of(said)
    late = [tick for tick in ticks if tick.timestamp <= START + behind]
    assert len(late) == pytest.approx(CATCH_UP, abs=2)
    assert ticks[-1].timestamp >= START + behind + timedelta(seconds=9)
    assert {chain.expiry for chain in chains} == {chain.expiry for chain in chains[-3:]}
    given_up = 3600 / 1 + 3600 / 5 + 3 * 3600 / 5
    assert sum(source.skipped.counts.values()) == pytest.approx(given_up, abs=10)
    assert source.skipped.examples.keys() == source.skipped.counts.keys()


async def test_quotes_are_those_of_the_nearest_expiry() -> None:
    events = await events_of("NIFTY", seconds=12)
    nearest = min(chain.expiry for chain in chains_of(events))
    strikes = chains_of(events)[0].calls.strikes.tolist()

    quotes = quotes_of(events)[:42]

    assert {quote.expiry for quote in quotes} == {nearest}
    assert [(quote.option_type, quote.strike) for quote in quotes] == [
        (option_type, strike) for option_type in OptionType for strike in strikes
    ]
    for quote in quotes:
        instrument = parse_instrument_id(quote.symbol)
        assert (instrument.product, instrument.expiry) == ("NIFTY", nearest)
        assert (instrument.strike, instrument.option_type) == (quote.strike, quote.option_type)
        assert None not in (quote.bid, quote.ask, quote.last, quote.volume, quote.open_interest)


async def test_quotes_and_chain_of_one_instant_agree() -> None:
    events = await events_of("NIFTY", seconds=0.0)
    (chain,) = chains_of(events)

    for legs, option_type in ((chain.calls, OptionType.CALL), (chain.puts, OptionType.PUT)):
        quotes = [quote for quote in quotes_of(events) if quote.option_type is option_type]
        assert [quote.bid for quote in quotes] == legs.bid.tolist()
        assert [quote.ask for quote in quotes] == legs.ask.tolist()
        assert [quote.last for quote in quotes] == legs.last.tolist()
        assert [quote.volume for quote in quotes] == legs.volume.tolist()
        assert [quote.open_interest for quote in quotes] == legs.open_interest.tolist()


async def test_chains_are_those_of_the_nearest_expiries() -> None:
    events = await events_of("NIFTY", "SPY", seconds=6)

    expiries = {(chain.product, chain.expiry): chain.expires_at for chain in chains_of(events)}

    assert expiries == {
        ("NIFTY", date(2026, 1, 27)): datetime.fromisoformat("2026-01-27T15:30+05:30"),
        ("NIFTY", date(2026, 2, 3)): datetime.fromisoformat("2026-02-03T15:30+05:30"),
        ("NIFTY", date(2026, 2, 10)): datetime.fromisoformat("2026-02-10T15:30+05:30"),
        ("SPY", date(2026, 1, 23)): datetime.fromisoformat("2026-01-23T16:00-05:00"),
        ("SPY", date(2026, 1, 30)): datetime.fromisoformat("2026-01-30T16:00-05:00"),
        ("SPY", date(2026, 2, 6)): datetime.fromisoformat("2026-02-06T16:00-05:00"),
    }


@pytest.mark.parametrize("expiries", [1, 3])
async def test_an_expiry_that_has_come_gives_way_to_a_new_one(expiries: int) -> None:
    expires_at = datetime.fromisoformat("2026-01-27T15:30+05:30")
    events = await events_of(
        "NIFTY",
        seconds=59,
        start=expires_at - timedelta(seconds=30),
        settings=SyntheticSettings(expiries=expiries),
    )
    before = [chain for chain in chains_of(events) if chain.timestamp < expires_at]
    after = [chain for chain in chains_of(events) if chain.timestamp >= expires_at]

    weeks = [date(2026, 1, 27) + timedelta(weeks=week) for week in range(expiries + 1)]
    assert sorted({chain.expiry for chain in before}) == weeks[:-1]
    assert sorted({chain.expiry for chain in after}) == weeks[1:]
    assert all(
        quote.timestamp < expires_at or quote.expiry > weeks[0] for quote in quotes_of(events)
    )
    assert len(before) == len(after) == 6 * expiries


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"rate": 0.0}, "rate: must be above 0"),
        ({"rate": float("inf")}, "rate: must be above 0 and finite"),
        ({"tick_interval": -1.0}, "tick_interval: must be above 0"),
        ({"chain_interval": float("nan")}, "chain_interval: must be above 0"),
        ({"quote_interval": 1.0, "rate": 1e7}, "must be at least a microsecond"),
        ({"strikes": 0}, "strikes: must be from 1 to 2000, not 0"),
        ({"strikes": 2001}, "strikes: must be from 1 to 2000"),
        ({"expiries": 0}, "expiries: must be from 1 to 52"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, float], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        SyntheticSettings(**settings)  # type: ignore[arg-type]  # wrong on purpose
