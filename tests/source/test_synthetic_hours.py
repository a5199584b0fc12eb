"""Invented markets that keep the hours of their exchanges: `--clock real`."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.calendar.small_calendars import NEW_YORK, india
from tests.source.synthetic_markets import (
    VirtualTime,
    batches_until,
    chains_of,
    events_of,
    open_source,
    quotes_of,
    ticks_of,
)

from deltastream.adapters.calendar.load import load_calendars, shipped_calendars
from deltastream.adapters.source.synthetic import LONGEST_PAUSE, SyntheticSource
from deltastream.domain.events import MarketEvent, OptionChain, UnderlyingTick
from deltastream.domain.instants import instant_of, moment_of
from deltastream.domain.session import MarketSession, MarketState
from deltastream.domain.synthetic.instants import SECONDS_PER_YEAR
from deltastream.domain.synthetic.listings import LISTINGS
from deltastream.domain.synthetic.looks import said_of
from deltastream.domain.synthetic.product_feed import ProductFeed
from deltastream.domain.synthetic.session_schedule import SessionSchedule
from deltastream.domain.synthetic.settings import MarketClock, SyntheticSettings
from deltastream.domain.synthetic.trading_calendar import expiry_after
from deltastream.domain.synthetic.trading_hours import NEVER, ExchangeHours

NSE = shipped_calendars()["XNSE"]
REAL = SyntheticSettings(clock=MarketClock.REAL)
SPARSE = SyntheticSettings(
    clock=MarketClock.REAL, tick_interval=600.0, quote_interval=3600.0, chain_interval=1800.0
)
TUESDAY = 1


async def real_events(
    *products: str,
    start: datetime,
    end: datetime,
    settings: SyntheticSettings = SPARSE,
) -> list[MarketEvent]:
    seconds = (end - start).total_seconds()
    return await events_of(*products, seconds=seconds, start=start, settings=settings)


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


async def test_products_are_traded_in_the_sessions_of_their_exchange_alone() -> None:
    start, end = india("2026-11-20T12:00"), india("2026-11-26T12:00")

    events = await real_events("NIFTY", "SPY", start=start, end=end)

    calendars = {"NIFTY": NSE, "SPY": shipped_calendars()["ARCX"]}
    live = [event for event in events if event.timestamp >= start]
    for event in live:
        assert calendars[event.product].session(event.timestamp) is MarketSession.OPEN
    traded = {(event.product, event.timestamp.date()) for event in live}
    assert traded == {
        *(("NIFTY", date(2026, 11, day)) for day in (20, 23, 25, 26)),
        *(("SPY", date(2026, 11, day)) for day in (20, 23, 24, 25)),
    }


async def test_the_first_and_the_last_instants_of_a_session_are_half_open() -> None:
    settings = SyntheticSettings(
        clock=MarketClock.REAL, tick_interval=1.0, quote_interval=1e6, chain_interval=1e6
    )

    morning = await real_events(
        "NIFTY", start=india("2026-11-23T09:14"), end=india("2026-11-23T09:16"), settings=settings
    )
    evening = await real_events(
        "NIFTY", start=india("2026-11-23T15:39"), end=india("2026-11-23T15:41"), settings=settings
    )

    first = next(tick for tick in ticks_of(morning, "NIFTY") if tick.timestamp.day == 23)
    assert first.timestamp == india("2026-11-23T09:15")
    assert ticks_of(evening, "NIFTY")[-1].timestamp == india("2026-11-23T15:39:59")


@pytest.mark.parametrize(
    ("start", "close"),
    [
        (india("2026-11-21T12:00"), india("2026-11-20T15:40")),
        (india("2026-11-23T08:00"), india("2026-11-20T15:40")),
        (india("2026-11-23T09:05"), india("2026-11-20T15:40")),
        (india("2026-11-23T15:40"), india("2026-11-23T15:40")),
        (india("2027-03-01T12:00"), india("2026-12-31T15:40")),
    ],
    ids=["on a weekend", "in the morning", "in the auction", "at the close", "after the calendar"],
)
async def test_a_market_that_is_closed_at_first_is_shown_as_of_its_last_close(
    start: datetime, close: datetime
) -> None:
    # The other product is there to speak again: the first may have nothing more to say.
    said = await real_events("NIFTY", "SPY", start=start, end=start + timedelta(minutes=5))
    events = [event for event in said if event.product == "NIFTY"]

    tick, *chains = events
    assert isinstance(tick, UnderlyingTick)
    assert tick.price == 21_500.0
    assert all(isinstance(chain, OptionChain) for chain in chains)
    assert {event.timestamp for event in events} == {close}
    assert len({chain.expiry for chain in chains_of(events)}) == len(chains) == 3
    for chain in chains_of(events):
        assert chain.spot_price == tick.price
        assert chain.expires_at is not None
        assert chain.expires_at > close
        assert chain.calls.volume.sum() > 0


async def test_a_market_that_opens_with_its_source_begins_with_the_session() -> None:
    opens = india("2026-11-23T09:15")

    events = await real_events("NIFTY", start=opens, end=opens + timedelta(seconds=5))

    assert min(event.timestamp for event in events) == opens


async def test_the_closing_state_is_said_once_and_trade_goes_on_at_the_next_open() -> None:
    events = await real_events(
        "NIFTY", start=india("2026-11-21T12:00"), end=india("2026-11-23T10:00")
    )

    closing = [event for event in events if event.timestamp < india("2026-11-21T12:00")]
    later = [event for event in events if event not in closing]
    assert len(closing) == 1 + 3
    assert min(event.timestamp for event in later) == india("2026-11-23T09:15")


async def test_while_everything_is_closed_it_waits_in_bounded_sleeps() -> None:
    slept: list[float] = []
    time = VirtualTime(india("2026-11-21T12:00").astimezone(UTC))

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await time.sleep(seconds)

    source = SyntheticSource(
        seed=1, clock=time.clock, sleep=sleep, products=["NIFTY"], settings=REAL
    )
    opens = india("2026-11-23T09:15")
    waited = (opens - time.now).total_seconds()
    async for _ in batches_until(source, time, opens - timedelta(seconds=1)):
        pass
    assert max(slept) == LONGEST_PAUSE
    # As many naps as it takes, and no more but those around the closing state.
    assert len(slept) <= waited / LONGEST_PAUSE + 3
    assert time.now == opens


async def test_a_wait_for_the_next_open_can_be_cancelled() -> None:
    source = SyntheticSource(
        seed=1,
        clock=lambda: india("2026-11-21T12:00").astimezone(UTC),
        sleep=asyncio.sleep,
        products=["NIFTY"],
        settings=REAL,
    )

    async def read() -> None:
        async with aclosing(source.events()) as batches:
            async for _ in batches:
                pass

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    reading.cancel()
    async with asyncio.timeout(5.0):
        with pytest.raises(asyncio.CancelledError):
            await reading


@pytest.mark.parametrize(
    ("now", "session", "changes_at"),
    [
        ("2026-11-20T12:00", MarketSession.OPEN, "2026-11-20T15:40"),
        ("2026-11-20T15:40", MarketSession.CLOSED, "2026-11-23T09:00"),
        ("2026-11-23T09:00", MarketSession.PRE_OPEN, "2026-11-23T09:15"),
    ],
)
def test_it_says_the_session_of_each_product(
    now: str, session: MarketSession, changes_at: str
) -> None:
    source = open_source(VirtualTime(), settings=REAL)

    assert source.market("NIFTY", india(now)) == MarketState(
        session=session, changes_at=india(changes_at)
    )
    assert source.market("SPY", india("2026-11-20T12:00")).session is MarketSession.CLOSED
    assert source.description == "synthetic, seed 1, in exchange hours"


def test_beyond_its_calendar_a_market_is_unknown() -> None:
    source = open_source(VirtualTime(), settings=REAL)

    assert source.market("NIFTY", india("2027-01-04T12:00")) == MarketState(
        session=MarketSession.UNKNOWN
    )


@pytest.mark.parametrize("clock", list(MarketClock))
def test_a_calendar_that_ends_soon_is_noticed(clock: MarketClock) -> None:
    source = open_source(VirtualTime(), "NIFTY", "SPY", settings=SyntheticSettings(clock=clock))

    assert source.notices(india("2026-06-01T12:00")) == []
    (notice,) = source.notices(india("2026-12-01T12:00"))
    assert "XNSE ends on 2026-12-31, in 30 days" in notice


async def test_the_same_seed_and_clock_give_the_same_events_over_a_weekend() -> None:
    start, end = india("2026-11-20T15:00"), india("2026-11-23T10:00")

    first = await real_events("NIFTY", "SPY", start=start, end=end)
    second = await real_events("NIFTY", "SPY", start=start, end=end)

    assert [ticks_of(first, p) for p in ("NIFTY", "SPY")] == [
        ticks_of(second, p) for p in ("NIFTY", "SPY")
    ]
    for one, other in zip(chains_of(first), chains_of(second), strict=True):
        assert one.timestamp == other.timestamp
        assert (one.calls.table() == other.calls.table()).all()


async def test_it_does_not_matter_how_much_falls_due_while_it_sleeps() -> None:
    start, end = india("2026-11-23T15:39:50"), india("2026-11-24T00:00")
    settings = SyntheticSettings(clock=MarketClock.REAL, rate=10.0)
    promptly = await real_events("NIFTY", start=start, end=end, settings=settings)
    time = VirtualTime(start, coarseness=0.05)
    source = open_source(time, "NIFTY", settings=settings)

    in_heaps = [event async for batch in batches_until(source, time, end) for event in batch]

    assert ticks_of(in_heaps, "NIFTY") == ticks_of(promptly, "NIFTY")
    assert len(chains_of(in_heaps)) == len(chains_of(promptly))


async def test_a_machine_that_slept_through_a_weekend_gives_the_arrears_up() -> None:
    time = VirtualTime(india("2026-11-20T15:00").astimezone(UTC))
    source = open_source(time, "NIFTY", settings=REAL)
    said: list[MarketEvent] = []

    async for batch in batches_until(source, time, india("2026-11-23T10:00:10")):
        if not said:
            time.now = india("2026-11-23T10:00").astimezone(UTC)
        said += batch

    friday = [event for event in said if event.timestamp < india("2026-11-21T00:00")]
    assert len(ticks_of(friday, "NIFTY")) == 1
    assert ticks_of(said, "NIFTY")[-1].timestamp >= india("2026-11-23T10:00:09")
    assert {event.timestamp.hour for event in said} <= {9, 4}
    seconds = 40 * 60 + 45 * 60
    assert sum(source.skipped.counts.values()) == pytest.approx(
        seconds * (1 + 1 / 5 + 3 / 5), rel=0.01
    )


def log_returns(ticks: Sequence[UnderlyingTick]) -> np.ndarray:
    return np.diff(np.log([tick.price for tick in ticks]))


def ticks_of_months(product: str, *, seed: int) -> list[UnderlyingTick]:
    """Return a tick every five minutes of trading from February to April 2026."""
    start, end = instant_of(india("2026-02-02T09:15")), instant_of(india("2026-05-01T00:00"))
    feed = ProductFeed(
        listing=next(listing for listing in LISTINGS if listing.product.symbol == product),
        calendar=NSE,
        hours=ExchangeHours(calendar=NSE, since=start),
        seed=seed,
        start=start,
        settings=SyntheticSettings(tick_interval=300.0, quote_interval=1e6, chain_interval=1e6),
    )
    return ticks_of(said_of(feed.take(end)), product)


def test_the_variance_of_closed_hours_comes_as_one_gap_at_the_open() -> None:
    """Prices vary by the time of the calendar, as the options are priced, open or not."""
    gaps, hours, steps = list[float](), list[float](), list[float]()
    for seed in range(8):
        ticks = ticks_of_months("BANKNIFTY", seed=seed)
        for (before, after), moved in zip(pairwise(ticks), log_returns(ticks), strict=True):
            elapsed = (after.timestamp - before.timestamp).total_seconds()
            if elapsed > 300.0:
                gaps.append(moved)
                hours.append(elapsed)
            else:
                steps.append(moved)

    assert len(gaps) > 350
    overnight = np.array(gaps) / np.sqrt(np.array(hours) / SECONDS_PER_YEAR)
    within = np.array(steps) / np.sqrt(300.0 / SECONDS_PER_YEAR)
    assert overnight.std() == pytest.approx(0.15, rel=4 / np.sqrt(2 * len(gaps)))
    assert within.std() == pytest.approx(0.15, rel=4 / np.sqrt(2 * len(steps)))
    variance = np.sum(np.square(gaps)) + np.sum(np.square(steps))
    calendar_years = (sum(hours) + 300.0 * len(steps)) / SECONDS_PER_YEAR
    assert calendar_years == pytest.approx(8 * 87.5 / 365, rel=0.01)
    assert np.sqrt(variance / calendar_years) == pytest.approx(0.15, rel=0.1)


async def test_overnight_nothing_is_traded_and_nothing_opened() -> None:
    settings = SyntheticSettings(
        clock=MarketClock.REAL, expiries=1, chain_interval=60.0, quote_interval=1e6
    )
    events = await real_events(
        "SPY",
        start=new_york("2026-11-19T15:00"),
        end=new_york("2026-11-20T09:40"),
        settings=settings,
    )
    chains = chains_of(events)
    evening = [chain for chain in chains if chain.timestamp < new_york("2026-11-20T00:00")][-1]
    morning = next(chain for chain in chains if chain.timestamp > evening.timestamp)

    assert morning.timestamp == new_york("2026-11-20T09:30:45")
    for before, after in ((evening.calls, morning.calls), (evening.puts, morning.puts)):
        assert after.volume.sum() < 0.02 * before.volume.sum()
        moved = np.abs(after.open_interest - before.open_interest)
        assert (moved <= np.maximum(0.05 * before.open_interest, 3)).all()
        yesterday = after.open_interest - after.change_in_open_interest
        assert (yesterday == before.open_interest).all()
    (first,) = [
        tick
        for tick in ticks_of(events, "SPY")
        if new_york("2026-11-20T09:30") <= tick.timestamp < new_york("2026-11-20T09:30:01")
    ]
    assert first.volume is not None
    assert first.volume < 2 * 900.0


async def test_a_session_turns_over_as_much_as_a_day_without_hours() -> None:
    around = SyntheticSettings(
        expiries=1, tick_interval=60.0, chain_interval=300.0, quote_interval=1e6
    )
    settings = replace(around, clock=MarketClock.REAL)

    def turnover(events: Sequence[MarketEvent]) -> float:
        last = chains_of(events)[-1]
        return float(last.calls.volume.sum() + last.puts.volume.sum())

    real = await real_events(
        "NIFTY", start=india("2026-11-20T09:15"), end=india("2026-11-20T15:39"), settings=settings
    )
    always = await events_of(
        "NIFTY", seconds=86_399, start=india("2026-11-20T00:00"), settings=around
    )

    assert turnover(real) == pytest.approx(turnover(always), rel=0.25)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-07-27T12:00", "2026-07-28T15:30"),
        ("2026-07-28T15:30", "2026-08-04T15:40"),
        ("2026-11-18T12:00", "2026-11-23T15:40"),
        ("2026-11-23T15:40", "2026-12-01T15:40"),
        ("2026-11-24T12:00", "2026-12-01T15:40"),
        ("2025-10-17T12:00", "2025-10-20T15:30"),
        ("2027-01-25T12:00", "2027-01-26T15:40"),
    ],
    ids=[
        "at the close of the hours of that day",
        "longer hours",
        "a holiday moves it to the day before",
        "past the one that moved",
        "on the holiday itself",
        "a holiday with an hour of trading is one",
        "a holiday that is not known yet",
    ],
)
def test_weekly_options_expire_on_days_of_trading(now: str, expected: str) -> None:
    expiry = expiry_after(instant_of(india(now)), weekday=TUESDAY, calendar=NSE)

    assert moment_of(expiry.instant) == india(expected)
    assert expiry.day == india(expected).date()


def test_weekly_options_expire_early_on_a_day_that_closes_early() -> None:
    after_thanksgiving = expiry_after(
        instant_of(new_york("2026-11-25T12:00")), weekday=4, calendar=shipped_calendars()["XNAS"]
    )

    assert moment_of(after_thanksgiving.instant) == new_york("2026-11-27T13:00")


async def test_an_operators_calendar_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "days.toml"
    file.write_text('[XNSE.days]\n2026-11-21 = "regular"\n2026-12-01 = "closed"\n')
    time = VirtualTime(india("2026-11-21T12:00").astimezone(UTC))
    source = SyntheticSource(
        seed=1,
        clock=time.clock,
        sleep=time.sleep,
        products=["NIFTY"],
        settings=REAL,
        calendars=load_calendars(file),
    )
    events = [
        event
        async for batch in batches_until(source, time, time.now + timedelta(seconds=10))
        for event in batch
    ]

    assert source.market("NIFTY", time.now).session is MarketSession.OPEN
    assert min(event.timestamp for event in events) == india("2026-11-21T12:00")
    assert sorted({chain.expiry for chain in chains_of(events)}) == [
        date(2026, 11, 23),
        date(2026, 11, 30),
        date(2026, 12, 8),
    ]
    assert quotes_of(events)


HOURS = ExchangeHours(calendar=NSE, since=instant_of(india("2026-11-02T00:00")))
NOVEMBER = st.integers(instant_of(india("2026-11-02T00:00")), instant_of(india("2026-11-30T00:00")))


@given(
    start=NOVEMBER,
    offset=st.integers(0, 10**10),
    interval=st.floats(1_000.0, 50_000.0),
    looks=st.lists(NOVEMBER, max_size=20),
)
def test_every_due_instant_lies_in_a_session_and_is_taken_once(
    start: int, offset: int, interval: float, looks: list[int]
) -> None:
    schedule = SessionSchedule(hours=HOURS, start=start, offset=offset, interval=interval)
    taken = [instant for until in sorted(looks) for instant in schedule.take(until).tolist()]
    latest = max(looks, default=0)

    assert taken == sorted(set(taken))
    assert all(start <= instant <= latest for instant in taken)
    assert all(NSE.session(moment_of(instant)) is MarketSession.OPEN for instant in taken)
    assert schedule.next_due > latest
    at_once = SessionSchedule(hours=HOURS, start=start, offset=offset, interval=interval)
    assert at_once.take(latest).tolist() == taken


@given(
    start=NOVEMBER, interval=st.floats(100.0, 50_000.0), until=NOVEMBER, age=st.integers(0, 10**12)
)
def test_passing_over_spares_the_newest_and_counts_the_rest(
    start: int, interval: float, until: int, age: int
) -> None:
    whole = SessionSchedule(hours=HOURS, start=start, offset=0, interval=interval)
    due = whole.take(until).tolist()
    schedule = SessionSchedule(hours=HOURS, start=start, offset=0, interval=interval)
    before = until - age

    given_up = schedule.pass_over(before, until=until)
    kept = schedule.take(until).tolist()

    assert kept == [instant for instant in due if instant >= before] or kept == due[-1:]
    assert given_up + len(kept) == len(due)


def test_after_the_last_known_session_nothing_is_due() -> None:
    new_year = instant_of(india("2027-01-01T00:00"))
    schedule = SessionSchedule(hours=HOURS, start=new_year, offset=0, interval=1.0)

    assert schedule.next_due == NEVER
    assert schedule.take(NEVER - 1).tolist() == []
    assert schedule.pass_over(new_year, until=new_year) == 0


@given(moments=st.lists(NOVEMBER, min_size=2, max_size=10))
def test_trading_time_passes_as_sessions_do(moments: list[int]) -> None:
    instants = np.array(sorted(moments), dtype=np.int64)
    first, last = moment_of(int(instants[0])), moment_of(int(instants[-1]))
    sessions = NSE.sessions_between(first, last)

    traded = HOURS.trading_time(instants)

    assert (np.diff(traded) >= 0).all()
    total = sum((one.end - one.start).total_seconds() for one in sessions)
    assert (traded[-1] - traded[0]) / 1e6 == pytest.approx(total)
