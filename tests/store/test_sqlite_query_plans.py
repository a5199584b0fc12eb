"""Each listing reads one range of one index, however deep the page."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
import pytest_asyncio
from tests.store.market_events import NEAR, SYMBOL, at, candle, chain, quote, tick

from deltastream.adapters.store.sqlite.candles import LISTING as CANDLES
from deltastream.adapters.store.sqlite.chain_samples import (
    list_sampled_chains,
    samples_parameters,
    samples_query,
)
from deltastream.adapters.store.sqlite.chains import RUNS as CHAIN_RUNS
from deltastream.adapters.store.sqlite.chains import chain_listing
from deltastream.adapters.store.sqlite.distinct import next_text_query
from deltastream.adapters.store.sqlite.expiries import EXPIRIES_QUERY, FORGET_EXPIRIES
from deltastream.adapters.store.sqlite.listing import Listing
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.adapters.store.sqlite.quotes import LISTING as QUOTES
from deltastream.adapters.store.sqlite.runs import RunReader
from deltastream.adapters.store.sqlite.thinning import DELETE_PART, PART
from deltastream.adapters.store.sqlite.ticks import LISTING as TICKS
from deltastream.adapters.store.sqlite.ticks import RUNS as TICK_RUNS
from deltastream.ports.store import Cursor, Window

ROWS = 900
EXPIRIES = [NEAR + timedelta(days=7 * week) for week in range(3)]
ONE_EXPIRY = chain_listing(one_expiry=True, with_legs=True)
ALL_EXPIRIES = chain_listing(one_expiry=False, with_legs=False)
LISTINGS = [
    pytest.param(TICKS, ("NIFTY",), "1", id="ticks"),
    pytest.param(QUOTES, (SYMBOL,), "", id="quotes"),
    pytest.param(ONE_EXPIRY, ("NIFTY", NEAR.isoformat()), "", id="chains of one expiry"),
    pytest.param(ALL_EXPIRIES, ("NIFTY",), NEAR.isoformat(), id="chains of all expiries"),
    pytest.param(CANDLES, ("NIFTY", 1), "", id="candles"),
]
PAGE = Window(limit=20)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a database once, and return its file; each test has a copy."""
    path: Path = tmp_path_factory.mktemp("filled") / "market.db"
    store = await SqliteMarketStore.open(path)
    await store.put_ticks([tick(row, product=f"P{row % 3}") for row in range(ROWS)])
    await store.put_ticks([tick(row) for row in range(ROWS)])
    await store.put_quotes([quote(row, sequence=1) for row in range(ROWS)])
    await store.put_candles([candle(row) for row in range(ROWS)])
    await store.put_chains(
        [chain(row, sequence=1, expiry=day) for row in range(ROWS // 3) for day in EXPIRIES]
    )
    await store.close()
    # A closed database is its one file.
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return path


@pytest.fixture
async def store(filled: Path, tmp_path: Path) -> AsyncIterator[SqliteMarketStore]:
    opened = await SqliteMarketStore.open(Path(copy(filled, tmp_path)))
    yield opened
    await opened.close()


async def plan(
    store: SqliteMarketStore, query: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> list[str]:
    def explain(connection: sqlite3.Connection) -> list[str]:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {query}", parameters)
        return [detail for _, _, _, detail in rows]

    return await store._database.read(explain)


@pytest.mark.parametrize(("listing", "filters", "key"), LISTINGS)
@pytest.mark.parametrize("analyzed", [False, True])
async def test_a_listing_is_a_search_of_one_index(
    store: SqliteMarketStore,
    listing: Listing,
    filters: tuple[Any, ...],
    key: str,
    *,
    analyzed: bool,
) -> None:
    if analyzed:
        await store._database.write(lambda connection: connection.execute("ANALYZE").fetchall())
    window = Window(limit=20, start=at(1), end=at(2000), after=Cursor(timestamp=at(900), key=key))
    (step,) = await plan(store, listing.query(), listing.parameters(filters, window))
    assert step.startswith(f"SEARCH {listing.table} USING ")
    used = " AND ".join(f"{column}=?" for column in listing.filters)
    assert step.endswith(f"({used} AND {listing.time}>? AND {listing.time}<?)")


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize(
    ("runs", "index"),
    [(TICK_RUNS, "PRIMARY KEY"), (CHAIN_RUNS, "INDEX chains_in_sequence")],
    ids=["ticks", "chains"],
)
async def test_a_run_is_a_search_of_one_index(
    store: SqliteMarketStore, runs: RunReader[Any], index: str, *, analyzed: bool
) -> None:
    if analyzed:
        await store._database.write(lambda connection: connection.execute("ANALYZE").fetchall())
    (step,) = await plan(store, runs.query(), ("NIFTY", 5, 50, 20))
    assert step == f"SEARCH {runs.kind} USING {index} (product=? AND sequence>? AND sequence<?)"


async def test_expiries_are_a_search_of_their_own_table(store: SqliteMarketStore) -> None:
    (step,) = await plan(store, EXPIRIES_QUERY, ("NIFTY",))
    assert step == "SEARCH expiries USING PRIMARY KEY (product=?)"


async def test_each_past_expiry_is_a_search_of_one_index(store: SqliteMarketStore) -> None:
    query = next_text_query("chains", "expiry", ("product",))
    (step,) = await plan(store, query, ("NIFTY", NEAR.isoformat()))
    assert step == (
        "SEARCH chains USING COVERING INDEX sqlite_autoindex_chains_1 (product=? AND expiry>?)"
    )


@pytest.mark.parametrize("analyzed", [False, True])
async def test_a_part_of_thinning_is_a_search_of_one_index_and_one_more_for_each_chain(
    store: SqliteMarketStore, *, analyzed: bool
) -> None:
    if analyzed:
        await store._database.write(lambda connection: connection.execute("ANALYZE").fetchall())
    part = {"product": "NIFTY", "after": 0, "before": 9, "through": 9, "limit": 9}
    in_sequence = "INDEX chains_in_sequence (product=? AND sequence>? AND sequence<?)"
    (looking,) = [step for step in await plan(store, PART, part) if "SEARCH" in step]
    deleting = [step for step in await plan(store, DELETE_PART, part) if "SEARCH" in step]
    closes = (
        "SEARCH later USING COVERING INDEX sqlite_autoindex_chains_1"
        " (product=? AND expiry=? AND timestamp>? AND timestamp<?)"
    )
    assert looking == f"SEARCH chains USING COVERING {in_sequence}"
    assert deleting == [f"SEARCH chains USING {in_sequence}", closes]


@pytest.mark.parametrize("analyzed", [False, True])
async def test_whether_an_expiry_stays_is_a_search_of_one_index(
    store: SqliteMarketStore, *, analyzed: bool
) -> None:
    if analyzed:
        await store._database.write(lambda connection: connection.execute("ANALYZE").fetchall())
    steps = await plan(store, FORGET_EXPIRIES, ("chains",))
    (step,) = [step for step in steps if " chains " in step]
    assert step == ("SEARCH chains USING INDEX sqlite_autoindex_chains_1 (product=? AND expiry=?)")
    assert not [step for step in steps if "TEMP B-TREE" in step]


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("with_legs", [False, True])
async def test_each_sample_is_a_search_of_one_index(
    store: SqliteMarketStore, *, analyzed: bool, with_legs: bool
) -> None:
    if analyzed:
        await store._database.write(lambda connection: connection.execute("ANALYZE").fetchall())
    parameters = samples_parameters("NIFTY", NEAR, timedelta(minutes=1), PAGE)
    steps = await plan(store, samples_query(with_legs=with_legs), parameters)
    newest = (
        "SEARCH chains USING COVERING INDEX sqlite_autoindex_chains_1"
        " (product=? AND expiry=? AND timestamp>? AND timestamp<?)"
    )
    row, *finding = [step for step in steps if "chains" in step]
    assert finding == [newest, newest]
    assert row.startswith("SEARCH chains USING INDEX ")
    for column in ("product", "expiry", "timestamp"):
        assert f"{column}=?" in row
    assert not [step for step in steps if "TEMP B-TREE" in step]


async def steps_of(store: SqliteMarketStore, work: Callable[[sqlite3.Connection], Any]) -> int:
    """Count the instructions that SQLite runs for some work."""

    def counted(connection: sqlite3.Connection) -> int:
        steps = 0

        def one_more() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.set_progress_handler(one_more, 1)
        try:
            work(connection)
        finally:
            connection.set_progress_handler(None, 1)
        return steps

    return await store._database.read(counted)


@pytest.mark.parametrize(("listing", "filters", "key"), LISTINGS)
async def test_a_deep_page_costs_no_more_than_the_first(
    store: SqliteMarketStore, listing: Listing, filters: tuple[Any, ...], key: str
) -> None:
    deep = replace(PAGE, end=at(ROWS + 1), after=Cursor(timestamp=at(100), key=key))
    first_steps = await steps_of(store, lambda connection: listing.read(connection, filters, PAGE))
    deep_steps = await steps_of(store, lambda connection: listing.read(connection, filters, deep))
    assert first_steps > PAGE.limit
    assert deep_steps <= first_steps * 1.5


async def test_chains_that_are_passed_over_cost_nothing(store: SqliteMarketStore) -> None:
    async def steps(interval: timedelta) -> int:
        page = Window(limit=10)
        read = partial(
            list_sampled_chains,
            product="NIFTY",
            expiry=NEAR,
            interval=interval,
            window=page,
            with_legs=False,
        )
        return await steps_of(store, lambda connection: tens.append(len(read(connection))))

    tens: list[int] = []
    each, one_of_thirty = await steps(timedelta(seconds=1)), await steps(timedelta(seconds=30))
    assert tens == [10, 10]
    assert one_of_thirty <= each * 1.1


async def test_the_summary_of_a_chain_leaves_its_legs_alone(store: SqliteMarketStore) -> None:
    summary = chain_listing(one_expiry=True, with_legs=False)
    blobs = ["calls", "puts", "call_figures", "put_figures"]
    assert set(blobs).isdisjoint(summary.columns)
    assert set(blobs) <= set(ONE_EXPIRY.columns)
    columns = await store._database.read(
        lambda connection: [row[1] for row in connection.execute("PRAGMA table_info(chains)")]
    )
    assert columns[-4:] == blobs, "a row is read up to the last column that is asked for"


async def test_summaries_can_be_asked_for_in_sql(store: SqliteMarketStore) -> None:
    day = date.fromisoformat
    row = await store._database.read(
        lambda connection: connection.execute(
            "SELECT expiry, datetime(timestamp / 1000000, 'unixepoch'), spot_price, pcr_oi,"
            " pcr_volume, max_pain_strike, max_pain_ties, missing FROM chains"
            " WHERE product = 'NIFTY' ORDER BY timestamp, expiry LIMIT 1"
        ).fetchone()
    )
    assert day(row[0]) == NEAR
    assert row[1:] == (
        "2026-01-23 03:45:00",
        24_510.4,
        1.2,
        None,
        24_400.0,
        "[24400.0,24500.0]",
        '{"pcr_volume":"NO_CALL_VOLUME","atm_straddle_price":"NO_PRICE"}',
    )
