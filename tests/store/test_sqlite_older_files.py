"""A file of an earlier version keeps what is in it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from tests.store.market_events import (
    EVERYTHING,
    FAR,
    NEAR,
    at,
    candle,
    chain,
    facts,
    published_at,
    tick,
)

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.sqlite.migrations import Schema, migrate
from deltastream.adapters.store.sqlite.legs import encode_legs
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.adapters.store.sqlite.schema import MARKET_SCHEMA
from deltastream.adapters.store.sqlite.ticks import put_ticks
from deltastream.domain.events import Candle, EnrichedChain
from deltastream.domain.figures import ChainMetrics, LegFigures, PriceBasis
from deltastream.domain.missing import MissingReason
from deltastream.domain.tick_table import TickTable
from deltastream.ports.store import Kind, Written

FIRST_VERSION = Schema(
    application_id=MARKET_SCHEMA.application_id, migrations=MARKET_SCHEMA.migrations[:1]
)
OLD_CANDLE = candle(60)
PLACES = [(0, NEAR), (5, NEAR), (5, FAR), (9, NEAR)]


def old_chain(seconds: float, expiry: date) -> EnrichedChain:
    """Build a chain that has nothing that version 1 could not keep."""
    return replace(
        chain(seconds, sequence=7, expiry=expiry),
        call_figures=LegFigures.none(3),
        put_figures=LegFigures.none(2),
        metrics=ChainMetrics(
            total_call_oi=100.0,
            total_put_oi=120.0,
            total_call_volume=0.0,
            total_put_volume=5.0,
            pcr_oi=1.2,
            atm_strike=24_500.0,
            atm_straddle_price=310.25,
            atm_straddle_basis=PriceBasis.MID,
            max_pain_ties=(24_400.0, 24_500.0),
            missing={"pcr_volume": MissingReason.NO_CALL_VOLUME},
        ),
    )


def write_as_version_1(connection: sqlite3.Connection, enriched: EnrichedChain) -> None:
    connection.execute(
        "INSERT INTO chains VALUES (?, ?, ?, 7, ?, NULL, NULL, ?, 100, 120, 0, 5, 1.2, NULL,"
        " 24500, 310.25, 'MID', 24400, '[24400.0,24500.0]', '{\"pcr_volume\":\"NO_CALL_VOLUME\"}',"
        " ?, ?)",
        (
            enriched.chain.product,
            enriched.chain.expiry.isoformat(),
            microseconds_of(enriched.chain.timestamp),
            enriched.chain.spot_price,
            microseconds_of(enriched.processed_at),
            encode_legs(enriched.chain.calls),
            encode_legs(enriched.chain.puts),
        ),
    )


def write_candle_as_version_1(connection: sqlite3.Connection, candle: Candle) -> None:
    values = [getattr(candle, field.name) for field in fields(candle)]
    values[2] = microseconds_of(candle.start)
    names = ", ".join('"' + field.name + '"' for field in fields(candle))
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO candles ({names}) VALUES ({marks})", values)  # noqa: S608 - constant names


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file that version 1 wrote."""
    path = tmp_path / "market.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, FIRST_VERSION)
        for seconds, expiry in PLACES:
            write_as_version_1(connection, old_chain(seconds, expiry))
        connection.executemany(
            "INSERT INTO expiries VALUES ('NIFTY', ?)", [(NEAR.isoformat(),), (FAR.isoformat(),)]
        )
        put_ticks(connection, TickTable.of([tick(1)]))
        write_candle_as_version_1(connection, OLD_CANDLE)
    return path


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteMarketStore]:
    opened = await SqliteMarketStore.open(path)
    yield opened
    await opened.close()


async def test_old_chains_are_read_as_they_were_and_have_no_figures(
    store: SqliteMarketStore,
) -> None:
    listed = await store.chains("NIFTY", None, EVERYTHING, with_legs=True)
    newest_first = [(9, NEAR), (5, NEAR), (5, FAR), (0, NEAR)]
    assert [facts(each) for each in listed] == [facts(old_chain(*place)) for place in newest_first]
    summaries = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=False)
    assert [each.metrics for each in summaries] == [old_chain(0, NEAR).metrics] * 3


async def test_what_is_no_chain_is_kept(store: SqliteMarketStore) -> None:
    assert await store.ticks("NIFTY", EVERYTHING) == [tick(1)]
    assert await store.expiries("NIFTY") == [NEAR, FAR]


async def test_an_old_chain_is_still_stored_once_and_gives_way_to_a_newer(
    store: SqliteMarketStore,
) -> None:
    assert await store.put_chains([old_chain(5, NEAR)]) == Written(stored=0, unchanged=1)
    newer = chain(5, sequence=8)
    assert await store.put_chains([newer]) == Written(stored=1, unchanged=0)
    listed = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=True)
    assert [each.chain.timestamp for each in listed] == [at(9), at(5), at(0)]
    assert facts(listed[1]) == facts(newer)


async def test_an_old_candle_is_kept_and_is_as_old_as_its_start(store: SqliteMarketStore) -> None:
    assert await store.candles("NIFTY", 1, EVERYTHING) == [OLD_CANDLE]
    assert await store.prune(Kind.CANDLES, before=OLD_CANDLE.start, limit=9) == 0
    assert await store.prune(Kind.CANDLES, before=at(61), limit=9) == 1


async def test_old_chains_are_read_as_runs_and_pruned(store: SqliteMarketStore) -> None:
    run = await store.read_chains("NIFTY", after=6, through=7, limit=9)
    assert len(run.events) == len(PLACES)
    assert await store.prune(Kind.CHAINS, before=published_at(8), limit=9) == len(PLACES)
    assert await store.expiries("NIFTY") == []


async def test_the_listings_keep_their_index(path: Path, store: SqliteMarketStore) -> None:
    del store
    with closing(sqlite3.connect(path)) as connection:
        objects = connection.execute("SELECT name FROM sqlite_master WHERE tbl_name = 'chains'")
        assert {name for (name,) in objects} == {
            "chains",
            "chains_newest",
            "chains_in_sequence",
            "sqlite_autoindex_chains_1",
        }
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
