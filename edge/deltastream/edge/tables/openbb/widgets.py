"""Tables as widgets of OpenBB Workspace, in the words of its widgets.json."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from deltastream.edge.tables.columns import Column, Kind, Unit
from deltastream.edge.tables.parameters import Input, Parameter
from deltastream.edge.tables.table import Chart, Picture, Role, Table

_REFRESH_MILLISECONDS: Final = 5000
_STALE_MILLISECONDS: Final = 2000
_CATEGORY: Final = "Options"
_SOURCE: Final = ("DeltaStream",)
_SIZES: Final[Mapping[Role, Mapping[str, int]]] = {
    Role.TABLE: {"w": 20, "h": 12, "minW": 10, "minH": 6},
    Role.METRICS: {"w": 40, "h": 8, "minW": 10, "minH": 4},
}
_CELLS: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "text",
    Kind.NUMBER: "number",
    Kind.COUNT: "number",
    Kind.FLAG: "boolean",
    Kind.DAY: "dateString",
    Kind.MOMENT: "text",
    Kind.MILLISECONDS: "number",
}
_PLACES: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "category",
    Kind.NUMBER: "series",
    Kind.COUNT: "series",
    Kind.FLAG: "excluded",
    Kind.DAY: "category",
    Kind.MOMENT: "time",
    Kind.MILLISECONDS: "excluded",
}
# A workspace shows a fraction as what it is in percent.
_FORMATS: Final[Mapping[Unit, str]] = {Unit.FRACTION: "normalizedPercent"}
_DECIMALS: Final[Mapping[Unit, int]] = {
    Unit.PRICE: 2,
    Unit.QUANTITY: 0,
    Unit.FRACTION: 2,
    Unit.RATIO: 3,
    Unit.GAMMA: 6,
    Unit.PAYOUT: 0,
    Unit.EXPOSURE: 0,
}
_USUAL_DECIMALS: Final = 4
# Where it is one of these, every widget can be given it at once.
_FROM_OPTIONS: Final[Mapping[Input, str]] = {
    Input.PRODUCT: "product-options",
    Input.EXPIRY: "expiry-options",
}
_NOT_ASKED: Final = frozenset({Input.MOMENT, Input.NUMBERS})


def widget_id(table: Table) -> str:
    """Return a widget's id: OpenBB expects its endpoint with underscores for slashes."""
    return table.path.strip("/").replace("/", "_")


def widgets_of(tables: Iterable[Table], *, product: str | None) -> dict[str, Any]:
    """Return widgets.json: a widget for each table that is to be looked at.

    Args:
        tables: all there are.
        product: what widgets show until another is chosen; None leaves that open.
    """
    shown = (table for table in tables if table.role is not Role.OPTIONS)
    return {widget_id(table): _widget(table, product) for table in shown}


def _widget(table: Table, product: str | None) -> dict[str, Any]:
    widget: dict[str, Any] = {
        "name": table.title,
        "description": table.description,
        "category": _CATEGORY,
        "endpoint": table.path.strip("/"),
        "type": "metric" if table.role is Role.METRICS else "table",
        "gridData": _SIZES[table.role],
        "source": _SOURCE,
        "refetchInterval": _REFRESH_MILLISECONDS,
        "staleTime": _STALE_MILLISECONDS,
        "params": [
            _param(each, product) for each in table.parameters if each.input not in _NOT_ASKED
        ],
    }
    if table.role is Role.TABLE:
        widget["data"] = {"table": _data_of(table)}
    return widget


def _data_of(table: Table) -> dict[str, Any]:
    data: dict[str, Any] = {
        "enableCharts": True,
        "showAll": True,
        "columnsDefs": [_column(each, table.chart) for each in table.columns],
    }
    if table.chart is not None:
        data["chartView"] = _view(table.chart)
    return data


def _view(chart: Chart) -> dict[str, Any]:
    columns = [chart.category, *chart.series]
    return {
        "enabled": True,
        "chartType": chart.picture.value,
        "cellRangeCols": {picture.value: columns for picture in Picture},
    }


def _column(column: Column, chart: Chart | None) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "field": column.name,
        "headerName": column.title,
        "cellDataType": _CELLS[column.kind],
        "chartDataType": _place(column, chart),
        "formatterFn": _FORMATS.get(column.unit, "none"),
    }
    if column.kind is Kind.NUMBER:
        definition["decimalPlaces"] = _DECIMALS.get(column.unit, _USUAL_DECIMALS)
    if column.unit is not Unit.NONE:
        definition["headerTooltip"] = column.unit.value
    if column.repeats or column.kind is Kind.MILLISECONDS:
        definition["hide"] = True
    if column.name == "strike":
        definition["pinned"] = "left"
    return definition


def _place(column: Column, chart: Chart | None) -> str:
    """Say what a chart may make of a column."""
    if chart is not None and column.name == chart.category:
        return "time" if column.kind is Kind.MOMENT else "category"
    return "excluded" if column.repeats else _PLACES[column.kind]


def _param(parameter: Parameter, product: str | None) -> dict[str, Any]:
    param: dict[str, Any] = {
        "paramName": parameter.name,
        "label": parameter.title,
        "description": parameter.meaning,
        "show": True,
    }
    usual: str | int | None = parameter.usual or None
    match parameter.input:
        case Input.PRODUCT | Input.EXPIRY:
            param["type"] = "endpoint"
            param["optionsEndpoint"] = f"/api/tables/{_FROM_OPTIONS[parameter.input]}"
            if parameter.input is Input.EXPIRY:
                param["optionsParams"] = {"product": "$product"}
            else:
                usual = product
        case Input.NUMBER:
            param["type"] = "number"
            usual = int(parameter.usual)
        case _:
            param["type"] = "text"
            param["options"] = [{"label": each, "value": each} for each in parameter.choices]
    return param if usual is None else param | {"value": usual}
