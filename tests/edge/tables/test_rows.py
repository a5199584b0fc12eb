"""Rows are what the RPC says: no more, no less, and what is absent stays absent."""

import csv
from io import StringIO
from typing import Any

import pytest
from tests.edge.tables.oracle import ORACLES
from tests.edge.tables.stored_market import (
    BEGIN,
    FAR,
    NEAR,
    OVER,
    PUT_ONLY,
    STRIKES,
    TIMES,
    UNSTATED,
    UNTRADED,
)
from tests.edge.tables.tables_mesh import TablesMesh

from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.columns import Column, Kind
from deltastream.edge.tables.parameters import PRODUCT
from deltastream.edge.tables.table import Table

pytestmark = pytest.mark.asyncio(loop_scope="session")

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def query_of(table: Table) -> dict[str, str]:
    return {"product": "NIFTY"} if PRODUCT in table.parameters else {}


@each_table
async def test_rows_are_what_the_rpc_says(mesh: TablesMesh, table: Table) -> None:
    rows = await mesh.rows(table.name, **query_of(table))
    assert rows
    assert rows == await ORACLES[table.name](mesh)


@each_table
async def test_rows_have_the_columns_that_are_declared_in_their_order(
    mesh: TablesMesh, table: Table
) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    for row in await mesh.rows(table.name, **query_of(table)):
        assert list(row) == names


@each_table
async def test_values_are_of_the_kind_that_is_declared(mesh: TablesMesh, table: Table) -> None:
    kinds = {
        Kind.TEXT: str,
        Kind.NUMBER: float,
        Kind.COUNT: int,
        Kind.FLAG: bool,
        Kind.DAY: str,
        Kind.MOMENT: str,
        Kind.MILLISECONDS: int,
    }
    for row in await mesh.rows(table.name, **query_of(table)):
        for column in table.columns:
            cell = row[column.name]
            assert cell is None or type(cell) is kinds[column.kind], column.name


@each_table
async def test_csv_says_the_same_as_json(mesh: TablesMesh, table: Table) -> None:
    rows = await mesh.rows(table.name, **query_of(table))
    query = query_of(table) | {"format": "csv"}
    async with mesh.client.get(table.path, params=query) as response:
        text = (await response.read()).decode()
    head, *lines = csv.reader(StringIO(text, newline=""))
    assert head == [column.name for column in table.columns]
    assert [
        {
            column.name: read(column, field)
            for column, field in zip(table.columns, line, strict=True)
        }
        for line in lines
    ] == rows


def read(column: Column, field: str) -> Any:
    """Return what a reader makes of a field who knows what its column holds."""
    if not field:
        return None
    match column.kind:
        case Kind.NUMBER:
            return float(field)
        case Kind.COUNT | Kind.MILLISECONDS:
            return int(field)
        case Kind.FLAG:
            return {"true": True, "false": False}[field]
        case _:
            return field


async def test_a_chain_has_every_strike_that_either_side_lists(mesh: TablesMesh) -> None:
    rows = await mesh.rows("chain", product="NIFTY")
    assert [row["strike"] for row in rows] == [PUT_ONLY, *STRIKES]


@pytest.mark.parametrize("strike", [PUT_ONLY, UNSTATED])
async def test_what_is_absent_is_null_and_never_0(mesh: TablesMesh, strike: float) -> None:
    rows = {row["strike"]: row for row in await mesh.rows("chain", product="NIFTY")}
    calls = {name: cell for name, cell in rows[strike].items() if name.startswith("call_")}
    for name in ("call_bid", "call_open_interest", "call_volume", "call_price_change"):
        assert calls.pop(name) is None
    assert rows[strike]["put_bid"] > 0
    if strike == PUT_ONLY:
        assert set(calls.values()) == {None}


async def test_a_figure_of_0_is_a_figure(mesh: TablesMesh) -> None:
    rows = {row["strike"]: row for row in await mesh.rows("chain", product="NIFTY")}
    assert rows[UNTRADED]["call_volume"] == 0.0
    assert rows[STRIKES[-1]]["call_volume"] > 0.0


async def test_nobody_who_names_no_expiry_is_shown_one_that_is_over(mesh: TablesMesh) -> None:
    listed = await mesh.rows("expiries", product="NIFTY")
    assert [row["expiry"] for row in listed] == [str(OVER), str(NEAR), str(FAR)]
    for table in TABLES:
        names = {column.name for column in table.columns}
        if {"product", "expiry"} <= names and table.name not in {"expiries", "products"}:
            rows = await mesh.rows(table.name, product="NIFTY")
            assert rows[0]["expiry"] == str(NEAR), table.name


async def test_a_named_expiry_is_shown(mesh: TablesMesh) -> None:
    for table in TABLES:
        if "expiry" in {each.name for each in table.parameters}:
            rows = await mesh.rows(table.name, product="NIFTY", expiry=str(FAR))
            assert {row["expiry"] for row in rows} == {str(FAR)}, table.name


async def test_the_smiles_of_all_expiries_are_shown_together(mesh: TablesMesh) -> None:
    rows = await mesh.rows("smile", product="NIFTY", expiry="all")
    assert [row["expiry"] for row in rows] == [
        str(expiry) for expiry in (NEAR, FAR) for row in rows if row["expiry"] == str(expiry)
    ]
    assert {row["expiry"] for row in rows} == {str(NEAR), str(FAR)}


async def test_a_surface_is_on_the_grid_that_is_asked_for(mesh: TablesMesh) -> None:
    rows = await mesh.get("/api/tables/surface?product=NIFTY&log_moneyness=-0.1&log_moneyness=0")
    assert [(row["expiry"], row["log_moneyness"]) for row in rows] == [
        (str(expiry), place) for expiry in (NEAR, FAR) for place in (-0.1, 0.0)
    ]


async def test_fewer_expiries_are_the_nearest(mesh: TablesMesh) -> None:
    rows = await mesh.rows("term-structure", product="NIFTY", max_expiries="1")
    assert [row["expiry"] for row in rows] == [str(NEAR)]


async def test_history_is_oldest_first_and_as_long_as_is_asked_for(mesh: TablesMesh) -> None:
    moments = [at.isoformat(timespec="milliseconds").replace("+00:00", "Z") for at in TIMES]
    for name in ("pcr-history", "max-pain-history", "straddle-history"):
        rows = await mesh.rows(name, product="NIFTY")
        assert [row["timestamp"] for row in rows] == moments
        rows = await mesh.rows(name, product="NIFTY", limit="1")
        assert [row["timestamp"] for row in rows] == moments[-1:]
        rows = await mesh.rows(name, product="NIFTY", start=moments[1], end=moments[2])
        assert [row["timestamp"] for row in rows] == moments[1:2]
        rows = await mesh.rows(name, product="NIFTY", interval="1h")
        assert [row["timestamp"] for row in rows] == moments[-1:]


async def test_prices_are_the_newest_and_oldest_first(mesh: TablesMesh) -> None:
    rows = await mesh.rows("prices", product="NIFTY", limit="2")
    assert [row["price"] for row in rows] == [100.75, 101.0]
    assert [row["volume"] for row in rows] == [None, 40.0]
    assert rows[0]["time_ms"] == BEGIN.timestamp() * 1000 + 3000


async def test_candles_of_another_length_are_others(mesh: TablesMesh) -> None:
    assert len(await mesh.rows("candles", product="NIFTY", window="5")) == 3
    assert await mesh.rows("candles", product="NIFTY", window="30") == []


async def test_changes_since_some_minutes_ago_say_since_when(mesh: TablesMesh) -> None:
    (baseline,) = {
        (row["baseline"], row["baseline_at"])
        for row in await mesh.rows("oi-buildup", product="NIFTY", window_minutes="1")
    }
    assert baseline == ("WINDOW_START", "2026-01-20T09:01:00.125Z")
