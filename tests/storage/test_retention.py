"""Retention: what is past its age goes, in small parts, round after round."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.fixtures.eventually import eventually
from tests.store.market_events import EVERYTHING, candle, chain, published_at, tick

from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.ports.store import Kind
from deltastream.runtime.background import running
from deltastream.storage.retention import Retention

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
KEPT = {Kind.TICKS: DAY, Kind.QUOTES: None, Kind.CHAINS: DAY, Kind.CANDLES: None}


def sequence_at(moment: datetime) -> int:
    """Return the sequence of what is published at a moment."""
    sequence = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND
    assert published_at(sequence) == moment
    return sequence


class Rests:
    """Waits no time, and remembers for how long it was asked to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class SlowParts:
    """A clock by which everything takes some seconds."""

    def __init__(self, seconds: float) -> None:
        self._step, self._now = seconds, 0.0

    def __call__(self) -> float:
        self._now += self._step
        return self._now


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteMarketStore]:
    opened = await SqliteMarketStore.open(tmp_path / "market.db", clock=lambda: NOW)
    yield opened
    await opened.close()


def retention(
    store: SqliteMarketStore, ages: Mapping[Kind, timedelta | None] | None = None, **changes: Any
) -> Retention:
    given: dict[str, Any] = {
        "ages": KEPT if ages is None else ages,
        "closes": DAY,
        "clock": lambda: NOW,
        "sleep": Rests(),
        "random": lambda: 0.5,
        "seconds": SlowParts(0.0),
    }
    return Retention(store, **(given | changes))


async def tick_count(store: SqliteMarketStore) -> int:
    return len(await store.ticks("NIFTY", EVERYTHING))


async def test_a_round_deletes_what_is_past_its_age_and_says_so_once(
    store: SqliteMarketStore,
) -> None:
    old, young = sequence_at(NOW - DAY) - 1, sequence_at(NOW - DAY)
    await store.put_ticks([tick(number, seconds=0) for number in (old, young)])
    await store.put_chains([chain(0, sequence=old), chain(1, sequence=young)])
    with capture_logs() as events:
        await retention(store).prune()
        await retention(store).prune()
    assert [each.sequence for each in await store.ticks("NIFTY", EVERYTHING)] == [young]
    left = await store.chains("NIFTY", None, EVERYTHING, with_legs=False)
    assert [each.chain.sequence for each in left] == [young]
    (event,) = events
    assert (event["event"], event["ticks"], event["chains"]) == ("pruned", 1, 1)
    assert "quotes" not in event


async def test_a_market_of_last_year_is_kept_as_long_as_todays(store: SqliteMarketStore) -> None:
    last_year = (NOW - 365 * DAY - datetime(2026, 1, 23, 3, 45, tzinfo=UTC)).total_seconds()
    await store.put_ticks([tick(sequence_at(NOW), seconds=last_year)])
    await store.put_chains([chain(last_year, sequence=sequence_at(NOW))])
    await store.put_candles([candle(last_year)])
    ages = dict.fromkeys(Kind, DAY)
    await retention(store, ages).prune()
    assert await tick_count(store) == 1
    assert len(await store.chains("NIFTY", None, EVERYTHING, with_legs=False)) == 1
    assert len(await store.candles("NIFTY", 1, EVERYTHING)) == 1

    await retention(store, ages, clock=lambda: NOW + DAY + MICROSECOND).prune()
    assert await tick_count(store) == 0
    assert await store.chains("NIFTY", None, EVERYTHING, with_legs=False) == []
    assert await store.candles("NIFTY", 1, EVERYTHING) == []


async def test_what_stays_forever_is_never_asked_for(store: SqliteMarketStore) -> None:
    await store.put_ticks([tick(1)])
    with capture_logs() as events:
        await asyncio.wait_for(retention(store, dict.fromkeys(Kind), closes=None).run(), 10)
    assert await tick_count(store) == 1
    assert events == [
        {
            "event": "retention",
            "log_level": "info",
            "ticks": "forever",
            "quotes": "forever",
            "chains": "forever",
            "candles": "forever",
            "closes": "forever",
        }
    ]


WEEK = 7 * DAY


@pytest.mark.parametrize(
    ("chains", "closes", "left", "told"),
    [
        pytest.param(DAY, WEEK, ["week", "day", "now"], {"thinned": 3, "chains": 2}, id="longer"),
        pytest.param(
            DAY, None, ["older", "week", "day", "now"], {"thinned": 5}, id="closes forever"
        ),
        pytest.param(WEEK, DAY, ["week", "early", "day", "now"], {"chains": 2}, id="no longer"),
        pytest.param(DAY, DAY, ["now"], {"chains": 5}, id="equal"),
        pytest.param(
            None, DAY, ["old", "older", "week", "early", "day", "now"], {}, id="chains forever"
        ),
        pytest.param(
            None, None, ["old", "older", "week", "early", "day", "now"], {}, id="all forever"
        ),
    ],
)
async def test_closes_stay_where_they_are_kept_longer_than_all_chains(
    store: SqliteMarketStore,
    chains: timedelta | None,
    closes: timedelta | None,
    left: list[str],
    told: dict[str, int],
) -> None:
    came = {
        "old": NOW - WEEK - 2 * MICROSECOND,
        "older": NOW - WEEK - MICROSECOND,
        "week": NOW - WEEK,
        "early": NOW - DAY - 2 * MICROSECOND,
        "day": NOW - DAY - MICROSECOND,
        "now": NOW - DAY,
    }
    # Each two of them in a half day, but for the third and the last.
    hours = {"old": 0, "older": 1, "week": 24, "early": 48, "day": 49, "now": 72}
    await store.put_chains(
        [chain(hours[name] * 3600, sequence=sequence_at(moment)) for name, moment in came.items()]
    )
    ages = {Kind.CHAINS: chains}
    with capture_logs() as events:
        await retention(store, ages, closes=closes).prune()
    names = {sequence_at(moment): name for name, moment in came.items()}
    listed = await store.chains("NIFTY", None, EVERYTHING, with_legs=False)
    assert [names[each.chain.sequence] for each in reversed(listed)] == left
    assert [{**told, "event": "pruned"}] * bool(told) == [
        {key: event[key] for key in event if key not in {"log_level", "seconds"}}
        for event in events
    ]


async def test_parts_are_rested_after_four_times_as_long_as_they_took(
    store: SqliteMarketStore,
) -> None:
    await store.put_chains([chain(number, sequence=number + 1) for number in range(50)])
    rests = Rests()
    ages = {Kind.CHAINS: DAY}
    await retention(store, ages, sleep=rests, seconds=SlowParts(0.5)).prune()
    assert rests.seconds == [2.0, 2.0], "three parts, and a rest between each two"
    assert await store.chains("NIFTY", None, EVERYTHING, with_legs=False) == []


async def test_thinning_goes_in_parts_of_as_many_chains(store: SqliteMarketStore) -> None:
    await store.put_chains([chain(number, sequence=number + 1) for number in range(50)])
    rests = Rests()
    ages = {Kind.CHAINS: DAY}
    await retention(store, ages, closes=None, sleep=rests, seconds=SlowParts(0.5)).prune()
    assert rests.seconds == [2.0, 2.0]
    (close,) = await store.chains("NIFTY", None, EVERYTHING, with_legs=False)
    assert close.chain.sequence == 50


async def test_writers_go_on_between_parts(store: SqliteMarketStore) -> None:
    await store.put_chains([chain(number, sequence=number + 1) for number in range(80)])
    young = sequence_at(NOW)

    async def write_meanwhile(_: float) -> None:
        nonlocal young
        young += 1
        async with asyncio.timeout(5):
            assert (await store.put_ticks([tick(young, seconds=0)])).stored == 1

    await retention(store, sleep=write_meanwhile).prune()
    assert await tick_count(store) == 4
    assert await store.chains("NIFTY", None, EVERYTHING, with_legs=False) == []


@pytest.mark.parametrize(("drawn", "pause"), [(0.0, 30.0), (0.5, 60.0), (1.0, 90.0)])
async def test_rounds_are_about_a_minute_apart_at_random(
    store: SqliteMarketStore, drawn: float, pause: float
) -> None:
    rests = Rests()
    async with running(retention(store, sleep=rests, random=lambda: drawn).run()):

        async def rested() -> int:
            return len(rests.seconds)

        await eventually(rested, until=lambda count: count >= 3)
    assert set(rests.seconds) == {pause}


async def test_a_store_that_is_away_ends_the_round_and_not_the_task(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    store = await SqliteMarketStore.open(path, busy_timeout=0.01)
    await store.put_ticks([tick(1)])
    with capture_logs() as events, closing(sqlite3.connect(path, isolation_level=None)) as holder:

        async def count(event: str) -> int:
            return sum(each["event"] == event for each in events)

        holder.execute("BEGIN IMMEDIATE")
        async with running(retention(store).run()):
            await eventually(lambda: count("pruning_interrupted"), until=lambda times: times >= 2)
            holder.execute("ROLLBACK")
            await eventually(lambda: count("pruned"), until=lambda times: times == 1)
    assert await tick_count(store) == 0
    await store.close()
