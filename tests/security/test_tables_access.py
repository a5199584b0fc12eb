"""Tables let in whom their RPCs let in, and what is beside them tells strangers nothing."""

import asyncio
from typing import Any

import aiohttp
import pytest
from tests.security.access_rules import CALLERS, REACHED, REFUSALS, expected
from tests.security.doors import ON_THE_MESH, SECONDS, TAKES_ITS_TIME, VARIABLES, Doors, answer

from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.parameters import PRODUCT
from deltastream.edge.tables.table import Table

pytestmark = [*ON_THE_MESH, TAKES_ITS_TIME]


async def outcome(session: aiohttp.ClientSession, table: Table, form: str) -> str:
    """Return the reason why a request for a table is refused, or REACHED."""
    query = {"format": form}
    if PRODUCT in table.parameters:
        query["product"] = VARIABLES["product"]
    async with asyncio.timeout(SECONDS), session.get(table.path, params=query) as response:
        if response.status == 200:
            return REACHED
        if response.status == 401:
            assert response.headers["WWW-Authenticate"] == "Bearer"
        (info,) = [each for each in (await response.json())["details"] if "reason" in each]
        reason: str = info["reason"]
        return reason if reason in REFUSALS else REACHED


@pytest.mark.parametrize("caller", CALLERS)
async def test_a_table_lets_in_whom_its_rpc_lets_in(doors: Doors, caller: str) -> None:
    headers = dict(await doors.metadata(caller))
    found, wanted = {}, {}
    async with aiohttp.ClientSession(doors.mesh.http, headers=headers) as session:
        for table in TABLES:
            for form in ("json", "csv"):
                found[table.name, form] = await outcome(session, table, form)
                wanted[table.name, form] = expected(table.method, caller)
    assert found == wanted


async def test_an_api_key_opens_tables(doors: Doors) -> None:
    reader = dict(await doors.metadata("reader"))
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        made = await answer(
            session.post("/api/auth/api-keys", json={"name": "a workspace"}, headers=reader)
        )
        key = {"x-api-key": made["secret"]}
        assert await answer(session.get("/api/tables/products", headers=key))
        assert usual_products(await answer(session.get("/widgets.json", headers=key))) != {None}
        async with session.get("/api/tables/products?api_key=" + made["secret"]) as response:
            # Not in an address: those are logged, and sent on.
            assert response.status == 400
        wrong = {"x-api-key": "made.up"}
        async with session.get("/api/tables/products", headers=wrong) as response:
            assert response.status == 401


@pytest.mark.parametrize("caller", ["nobody", "garbage", "expired"])
async def test_a_stranger_learns_from_widgets_no_product(doors: Doors, caller: str) -> None:
    headers = dict(await doors.metadata(caller))
    async with aiohttp.ClientSession(doors.mesh.http, headers=headers) as session:
        assert usual_products(await answer(session.get("/widgets.json"))) == {None}
        (app,) = await answer(session.get("/apps.json"))
    assert [group.get("defaultValue") for group in app["groups"]] == [None, "nearest"]


def usual_products(widgets: Any) -> set[str | None]:
    return {
        param.get("value")
        for widget in widgets.values()
        for param in widget["params"]
        if param["paramName"] == "product"
    }
