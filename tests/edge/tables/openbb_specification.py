"""What OpenBB publishes of widgets.json and apps.json, as far as a backend of tables needs it.

Read from https://docs.openbb.co/workspace/developers/json-specs in November 2026. Names that are
not there are refused: a workspace passes over them without a word.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator
from pydantic.alias_generators import to_camel

Scalar = str | bool | int | float
Columns = Annotated[int, Field(ge=0, le=40)]
Rows = Annotated[int, Field(ge=0, le=100)]
ChartType = Literal[
    "column", "groupedColumn", "stackedColumn", "normalizedColumn", "bar", "groupedBar",
    "stackedBar", "normalizedBar", "line", "scatter", "bubble", "pie", "donut", "doughnut", "area",
    "stackedArea", "normalizedArea", "histogram", "radarLine", "radarArea", "nightingale",
    "radialColumn", "radialBar", "sunburst", "rangeBar", "rangeArea", "boxPlot", "treemap",
    "heatmap", "waterfall",
]  # fmt: skip


class Part(BaseModel):
    """A part of a document: nothing else is in it."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class GridData(Part):
    w: Columns
    h: Rows
    min_w: Columns | None = None
    min_h: Rows | None = None
    max_w: Columns | None = None
    max_h: Rows | None = None


class ColumnDef(Part):
    field: str
    header_name: str
    chart_data_type: Literal["category", "series", "time", "excluded"] | None = None
    cell_data_type: Literal["text", "number", "boolean", "date", "dateString", "object"] | None = (
        None
    )
    formatter_fn: (
        Literal["int", "none", "percent", "normalized", "normalizedPercent", "dateToYear"] | None
    ) = None
    decimal_places: int | None = None
    header_tooltip: str | None = None
    hide: bool | None = None
    pinned: Literal["left", "right"] | None = None


class ChartView(Part):
    enabled: bool
    chart_type: ChartType
    cell_range_cols: dict[ChartType, list[str]]


class TableData(Part):
    enable_charts: bool
    show_all: bool
    columns_defs: list[ColumnDef]
    chart_view: ChartView | None = None


class Data(Part):
    table: TableData


class OptionItem(Part):
    label: str
    value: Scalar


class Param(Part):
    type: Literal["date", "text", "ticker", "number", "boolean", "endpoint", "form", "tabs"]
    param_name: str
    label: str
    description: str
    show: bool
    value: Scalar | None = None
    options_endpoint: str | None = None
    options_params: dict[str, str] | None = None
    options: list[OptionItem] | None = None

    @model_validator(mode="after")
    def _options_are_where_their_type_says(self) -> Self:
        assert (self.options_endpoint is not None) == (self.type == "endpoint")
        return self


class Widget(Part):
    name: str
    description: str
    category: str
    endpoint: str
    type: Literal["table", "metric"]
    grid_data: GridData
    source: list[str]
    refetch_interval: Annotated[int, Field(ge=1000)]
    stale_time: int
    params: list[Param]
    data: Data | None = None


class Widgets(RootModel[dict[str, Widget]]):
    """widgets.json: by id."""


class LayoutItem(Part):
    i: str
    x: Annotated[int, Field(ge=0, lt=40)]
    y: Annotated[int, Field(ge=0)]
    w: Annotated[int, Field(ge=10, le=40)]
    h: Annotated[int, Field(ge=4, le=100)]
    groups: list[Annotated[str, Field(pattern=r"^Group \d+$")]]


class Tab(Part):
    id: str
    name: str
    layout: list[LayoutItem]


class Group(Part):
    name: Annotated[str, Field(pattern=r"^Group \d+$")]
    type: Literal["param", "endpointParam"]
    param_name: str
    widget_ids: list[str]
    default_value: str | None = None


class App(Part):
    name: str
    description: str
    img: str
    img_dark: Annotated[str, Field(alias="img_dark")]
    img_light: Annotated[str, Field(alias="img_light")]
    allow_customization: bool
    tabs: dict[str, Tab]
    groups: list[Group]
    prompts: list[str]


class Apps(RootModel[list[App]]):
    """apps.json: an array, also of one."""
