"""The dashboard in examples/grafana asks for tables, parameters and columns that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.edge.tables.tables_mesh import TablesMesh

from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.columns import Kind

DASHBOARD: Final = Path(__file__).parents[3] / "examples" / "grafana" / "options.json"
# What a person has chosen, and what Grafana says of the time that is shown.
CHOSEN: Final = {
    "${server}": "",
    "${product}": "NIFTY",
    "${expiry}": "nearest",
    "${__from:date:iso}": "2026-01-20T08:00:00.000Z",
    "${__to:date:iso}": "2026-01-20T10:00:00.000Z",
    "${__interval_ms}": "2000",
}
TYPES: Final = {
    Kind.TEXT: "string",
    Kind.NUMBER: "number",
    Kind.MILLISECONDS: "timestamp_epoch",
}


def dashboard() -> Any:
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))


def queries() -> Iterator[tuple[str, Any]]:
    """Yield every query with what it is for."""
    shown = dashboard()
    for panel in shown["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target
    for variable in shown["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["label"], variable["query"]["infinityQuery"]


each_query = pytest.mark.parametrize("query", [pytest.param(q, id=name) for name, q in queries()])


def filled_in(text: str) -> str:
    for name, chosen in CHOSEN.items():
        text = text.replace(name, chosen)
    assert "$" not in text
    return text


@pytest.mark.asyncio(loop_scope="session")
@each_query
async def test_every_query_is_answered_with_rows_of_its_columns(
    mesh: TablesMesh, query: Any
) -> None:
    asked = {each["key"]: filled_in(each["value"]) for each in query["url_options"]["params"]}
    rows = await mesh.get(filled_in(query["url"]), **asked)
    assert rows
    for column in query["columns"]:
        assert any(row[column["selector"]] is not None for row in rows) or (
            column["selector"] == "missing"
        )


@each_query
def test_a_column_is_read_as_what_it_holds(query: Any) -> None:
    (table,) = [each for each in TABLES if query["url"] == f"${{server}}{each.path}"]
    kinds = {column.name: column.kind for column in table.columns}
    for column in query["columns"]:
        assert column["type"] == TYPES[kinds[column["selector"]]]


def test_a_panel_over_time_has_a_time_and_its_title_says_what_it_shows() -> None:
    for panel in dashboard()["panels"]:
        (target,) = panel["targets"]
        types = [column["type"] for column in target["columns"]]
        over_time = panel["type"] in {"timeseries", "candlestick"}
        assert ("timestamp_epoch" in types) == over_time
        assert panel["description"].endswith(".")


def test_an_axis_is_one_of_the_columns() -> None:
    for panel in dashboard()["panels"]:
        axis = panel["options"].get("xField")
        names = [column["text"] for column in panel["targets"][0]["columns"]]
        assert axis is None or axis == names[0]


def test_nothing_is_asked_of_a_server_that_nobody_chose() -> None:
    text = DASHBOARD.read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\"]+", text) == ["http://localhost:8000"]
    assert {query["datasource"]["uid"] for _, query in queries()} == {"${tables}"}
