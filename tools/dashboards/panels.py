"""Kinds of panel, each as Grafana reads it. Every panel says in words what it shows."""

from tools.dashboards.fields import NONE, Limits, Unit, thresholds, up_or_down
from tools.dashboards.queries import LOGS, METRICS, Json, Query, targets


def figure(
    title: str,
    description: str,
    query: str,
    *,
    unit: Unit,
    limits: Limits = NONE,
    links: list[Json] | None = None,
) -> Json:
    """Return one number, with how it has come about behind it."""
    panel = _panel("stat", title, description, (Query(expression=query),), links)
    panel["fieldConfig"]["defaults"] |= {
        "unit": unit,
        "thresholds": thresholds(limits),
        "color": {"mode": "thresholds"},
        "noValue": "-",
    }
    panel["options"] = {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "textMode": "value",
        "wideLayout": True,
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "showPercentChange": False,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return panel


def graph(
    title: str,
    description: str,
    *queries: Query,
    unit: Unit,
    limits: Limits = NONE,
    stacked: bool = False,
    links: list[Json] | None = None,
) -> Json:
    """Return lines over time; limits are drawn as lines too."""
    panel = _panel("timeseries", title, description, queries, links)
    drawn = limits != NONE
    panel["fieldConfig"]["defaults"] |= {
        "unit": unit,
        "min": 0,
        "color": {"mode": "palette-classic"},
        "thresholds": thresholds(limits),
        "custom": {
            "drawStyle": "line",
            "lineInterpolation": "linear",
            "lineWidth": 1,
            "fillOpacity": 25 if stacked else 5,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if drawn else "off"},
        },
    }
    panel["options"] = {
        "legend": {
            "displayMode": "table",
            "placement": "right",
            "showLegend": True,
            "calcs": ["mean", "max"],
            "sortBy": "Max",
            "sortDesc": True,
        },
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return panel


def states(title: str, description: str, query: Query, *, links: list[Json] | None = None) -> Json:
    """Return a bar a series, green while it is 1 and red while it is 0."""
    panel = _panel("state-timeline", title, description, (query,), links)
    panel["fieldConfig"]["defaults"] |= {
        "mappings": up_or_down(),
        "color": {"mode": "thresholds"},
        "thresholds": thresholds(Limits(warning=1, good_when_high=True)),
        "custom": {"fillOpacity": 70, "lineWidth": 0},
    }
    panel["options"] = {
        "mergeValues": True,
        "showValue": "never",
        "alignValue": "left",
        "rowHeight": 0.85,
        "legend": {
            "displayMode": "list",
            "placement": "bottom",
            "showLegend": False,
            "calcs": [],
        },
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return panel


def heat(title: str, description: str, query: str, *, unit: Unit) -> Json:
    """Return how the observations of a histogram are spread, over time."""
    asked = Query(expression=query, legend="{{le}}")
    panel = _panel("heatmap", title, description, (asked,), None)
    panel["targets"][0]["format"] = "heatmap"
    panel["fieldConfig"]["defaults"] |= {"custom": {"hideFrom": _shown_everywhere()}}
    panel["options"] = {
        "calculate": False,
        "cellGap": 1,
        "color": {
            "mode": "scheme",
            "scheme": "Turbo",
            "fill": "dark-orange",
            "scale": "exponential",
            "exponent": 0.5,
            "steps": 64,
            "reverse": False,
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit},
    }
    return panel


def rows(
    title: str,
    description: str,
    *queries: Query,
    columns: dict[str, str],
    units: dict[str, Unit] | None = None,
    links: list[Json] | None = None,
) -> Json:
    """Return a table of the newest values, with its columns' labels and names in their order."""
    panel = _panel("table", title, description, queries, links)
    panel["fieldConfig"]["defaults"] |= {
        "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False},
    }
    panel["fieldConfig"]["overrides"] = [
        {
            "matcher": {"id": "byName", "options": name},
            "properties": [{"id": "unit", "value": unit}],
        }
        for name, unit in (units or {}).items()
    ]
    panel["transformations"] = [
        {"id": "merge", "options": {}},
        {"id": "filterFieldsByName", "options": {"include": {"names": list(columns)}}},
        {
            "id": "organize",
            "options": {
                "renameByName": columns,
                "indexByName": {name: place for place, name in enumerate(columns)},
                "excludeByName": {},
                "includeByName": {},
            },
        },
    ]
    panel["options"] = {"showHeader": True, "cellHeight": "sm"}
    return panel


def lines(title: str, description: str, query: str) -> Json:
    """Return what was logged."""
    target = {
        "refId": "A",
        "datasource": LOGS,
        "editorMode": "code",
        "expr": query,
        "queryType": "range",
    }
    return {
        "type": "logs",
        "title": title,
        "description": description,
        "datasource": LOGS,
        "targets": [target],
        "options": {
            "showTime": True,
            "showLabels": False,
            "showCommonLabels": False,
            "wrapLogMessage": True,
            "prettifyLogMessage": False,
            "enableLogDetails": True,
            "dedupStrategy": "none",
            "sortOrder": "Descending",
        },
    }


def _panel(
    kind: str,
    title: str,
    description: str,
    queries: tuple[Query, ...],
    links: list[Json] | None,
) -> Json:
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": METRICS,
        "targets": targets(queries),
        "fieldConfig": {"defaults": {"links": links} if links else {}, "overrides": []},
    }


def _shown_everywhere() -> Json:
    return {"legend": False, "tooltip": False, "viz": False}
