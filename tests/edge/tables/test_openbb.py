"""OpenBB Workspace finds widgets that are as it publishes, and behind each what it promises."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.edge.tables.openbb_specification import App, Apps, Param, Widget, Widgets
from tests.edge.tables.tables_mesh import TablesMesh, edge_before, edge_before_storage, tables_mesh
from tests.edge.transcoder_mesh import Seen, Storage

from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.table import Role

WORKSPACE = "https://pro.openbb.co"

shared = pytest.mark.asyncio(loop_scope="session")


async def widgets_of(mesh: TablesMesh) -> dict[str, Widget]:
    return Widgets.model_validate(await mesh.get("/widgets.json")).root


async def app_of(mesh: TablesMesh) -> App:
    (app,) = Apps.model_validate(await mesh.get("/apps.json")).root
    return app


def usual(params: list[Param]) -> dict[str, str]:
    """Return what a workspace asks with until somebody chooses."""
    return {param.param_name: str(param.value) for param in params if param.value is not None}


@shared
async def test_every_table_but_the_options_is_a_widget(mesh: TablesMesh) -> None:
    shown = [table for table in TABLES if table.role is not Role.OPTIONS]
    widgets = await widgets_of(mesh)
    assert [widget.endpoint for widget in widgets.values()] == [
        table.path.removeprefix("/") for table in shown
    ]
    # As OpenBB makes an id of an endpoint.
    assert list(widgets) == [each.endpoint.replace("/", "_") for each in widgets.values()]


@shared
async def test_every_endpoint_answers_at_once_with_the_columns_it_promises(
    mesh: TablesMesh,
) -> None:
    for widget in (await widgets_of(mesh)).values():
        rows = await mesh.get(f"/{widget.endpoint}", **usual(widget.params))
        assert rows, widget.endpoint
        if widget.type == "metric":
            assert all({"label", "value"} <= row.keys() for row in rows)
            continue
        assert widget.data is not None
        defined = widget.data.table.columns_defs
        assert [list(row) for row in rows] == [[each.field for each in defined]] * len(rows)
        for row in rows:
            for each in defined:
                assert fits(row[each.field], each.cell_data_type), each.field


def fits(cell: Any, kind: str | None) -> bool:
    kinds: dict[str | None, type] = {"text": str, "dateString": str, "boolean": bool}
    return cell is None or isinstance(cell, kinds.get(kind, int | float))


@shared
async def test_a_chart_names_columns_of_its_table(mesh: TablesMesh) -> None:
    for widget in (await widgets_of(mesh)).values():
        if widget.data is None or widget.data.table.chart_view is None:
            continue
        view, defined = widget.data.table.chart_view, widget.data.table.columns_defs
        places = {each.field: each.chart_data_type for each in defined}
        for category, *series in view.cell_range_cols.values():
            assert places[category] in {"category", "time"}
            assert {places[each] for each in series} == {"series"}
        assert view.chart_type in view.cell_range_cols


@shared
async def test_every_parameter_is_one_the_endpoint_takes(mesh: TablesMesh) -> None:
    known = {table.path[1:]: {each.name for each in table.parameters} for table in TABLES}
    for widget in (await widgets_of(mesh)).values():
        assert {param.param_name for param in widget.params} <= known[widget.endpoint]


@shared
async def test_options_of_a_parameter_are_labels_and_values_that_the_endpoint_takes(
    mesh: TablesMesh,
) -> None:
    for widget in (await widgets_of(mesh)).values():
        chosen = usual(widget.params)
        for param in widget.params:
            if param.options_endpoint is None:
                continue
            query = {
                name: chosen[value.removeprefix("$")]
                for name, value in (param.options_params or {}).items()
            }
            options = await mesh.get(param.options_endpoint, **query)
            assert param.value in [option["value"] for option in options]
            for option in options:
                assert option.keys() == {"label", "value"}
            asked = chosen | {param.param_name: options[-1]["value"]}
            assert await mesh.get(f"/{widget.endpoint}", **asked), widget.endpoint


@shared
async def test_every_choice_of_a_parameter_is_taken(mesh: TablesMesh) -> None:
    for widget in (await widgets_of(mesh)).values():
        for param in widget.params:
            assert bool(param.options) == (param.type == "text")
            for option in param.options or []:
                asked = usual(widget.params) | {param.param_name: str(option.value)}
                await mesh.get(f"/{widget.endpoint}", **asked)


@shared
async def test_the_app_shows_widgets_that_there_are_side_by_side(mesh: TablesMesh) -> None:
    widgets = await widgets_of(mesh)
    for tab in (await app_of(mesh)).tabs.values():
        assert {item.i for item in tab.layout} <= widgets.keys()
        taken = Counter(
            (across, down)
            for item in tab.layout
            for across in range(item.x, item.x + item.w)
            for down in range(item.y, item.y + item.h)
        )
        assert set(taken.values()) == {1}
        assert max(across for across, _ in taken) < 40


@shared
async def test_product_and_expiry_are_chosen_once_for_every_widget_of_the_app(
    mesh: TablesMesh,
) -> None:
    widgets, app = await widgets_of(mesh), await app_of(mesh)
    groups = {group.name: group for group in app.groups}
    assert {group.param_name for group in app.groups} == {"product", "expiry"}
    items = [item for tab in app.tabs.values() for item in tab.layout]
    for item in items:
        params = {param.param_name: param for param in widgets[item.i].params}
        linked = [groups[name] for name in item.groups]
        assert {group.param_name for group in linked} == params.keys() & {"product", "expiry"}
        for group in linked:
            assert group.default_value == params[group.param_name].value
            assert item.i in group.widget_ids
    assert {i for group in app.groups for i in group.widget_ids} <= {item.i for item in items}


@shared
async def test_the_usual_product_is_the_first_that_there_is(mesh: TablesMesh) -> None:
    for widget in (await widgets_of(mesh)).values():
        for param in widget.params:
            if param.param_name == "product":
                assert param.value == "NIFTY"


@pytest.mark.parametrize("path", ["/widgets.json", "/apps.json"])
async def test_it_is_left_open_while_products_cannot_be_known(path: str) -> None:
    async with edge_before({}) as client, client.get(path) as response:
        assert response.status == 200
        document = await response.json()
    model = Widgets if path == "/widgets.json" else Apps
    model.model_validate(document)
    assert "NIFTY" not in str(document).replace("such as NIFTY", "")


async def test_products_are_asked_for_in_the_caller_s_name() -> None:
    seen = Seen()
    async with (
        edge_before_storage(Storage(seen)) as client,
        client.get("/widgets.json", headers={"Authorization": "Bearer a.b.c"}) as response,
    ):
        assert {"Authorization", "X-Api-Key"} <= set(response.headers["Vary"].split(", "))
    (metadata,) = seen.metadata
    assert metadata["authorization"] == "Bearer a.b.c"


@pytest.mark.parametrize("path", ["/widgets.json", "/apps.json", "/api/tables/chain?product=NIFTY"])
async def test_a_workspace_may_read_where_its_origin_is_let_in(tmp_path: Path, path: str) -> None:
    async with tables_mesh(tmp_path, cors_origins=[WORKSPACE]) as mesh:
        asked = {
            "Origin": WORKSPACE,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-api-key",
        }
        async with mesh.client.options(path, headers=asked) as response:
            assert response.status == 204
            assert "x-api-key" in response.headers["Access-Control-Allow-Headers"].lower()
        async with mesh.client.get(path, headers={"Origin": WORKSPACE}) as response:
            assert response.status == 200
            assert response.headers["Access-Control-Allow-Origin"] == WORKSPACE
        async with mesh.client.get(path, headers={"Origin": "https://evil.example"}) as response:
            assert "Access-Control-Allow-Origin" not in response.headers


@shared
async def test_the_index_is_served(mesh: TablesMesh) -> None:
    index = await mesh.get("/api/tables")
    assert [each["path"] for each in index] == [table.path for table in TABLES]
