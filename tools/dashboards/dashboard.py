"""A whole dashboard: its rows of panels laid out, its variables, its links."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tools.dashboards.links import between_dashboards
from tools.dashboards.queries import METRICS, Json

_WIDTH: Final = 24
# Written for this version's schema; a later Grafana migrates it by itself.
_SCHEMA_VERSION: Final = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels that stand beside one another, sharing the width; what does not fit goes below.

    Attributes:
        title: what they answer together.
        panels: in their order.
        across: how many stand beside one another.
        height: of each, in Grafana's steps of about 36 pixels.
    """

    title: str
    panels: Sequence[Json]
    across: int = 2
    height: int = 8


def dashboard(
    name: str,
    title: str,
    description: str,
    rows: Sequence[Row],
    *,
    variables: Sequence[Json] = (),
) -> Json:
    """Return a dashboard.

    Args:
        name: its identifier, also in its address.
        title: what people call it.
        description: what it answers.
        rows: from the top down.
        variables: besides those that choose where data is asked for.
    """
    return {
        "uid": f"deltastream-{name}",
        "title": title,
        "description": description,
        "tags": ["deltastream"],
        "schemaVersion": _SCHEMA_VERSION,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "links": between_dashboards(),
        "templating": {"list": [*_sources(), *variables]},
        "annotations": {"list": [_firing_alerts()]},
        "panels": list(_laid_out(rows)),
    }


def choice(name: str, label: str, description: str, metric: str) -> Json:
    """Return a variable: the values that a label has, of which any may be chosen."""
    return {
        "type": "query",
        "name": name,
        "label": label,
        "description": description,
        "datasource": METRICS,
        "query": {"query": f"label_values({metric}, {name})", "refId": name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def _sources() -> list[Json]:
    named = (
        ("metrics", "Metrics", "prometheus", "Prometheus"),
        ("logs", "Logs", "loki", "Loki"),
        ("traces", "Traces", "tempo", "Tempo"),
    )
    return [
        {
            "type": "datasource",
            "name": name,
            "label": label,
            "description": f"Where {label.lower()} are asked for.",
            "query": kind,
            "refresh": 1,
            "current": {"text": text, "value": kind},
        }
        for name, label, kind, text in named
    ]


def _firing_alerts() -> Json:
    firing = 'ALERTS{alertname=~"DeltaStream.+", alertstate="firing", severity!="none"}'
    return {
        "name": "Alerts",
        "datasource": METRICS,
        "enable": True,
        "iconColor": "red",
        "target": {"refId": "Alerts", "expr": firing, "interval": "30s"},
        "titleFormat": "{{alertname}}",
        "textFormat": "{{role}} {{subject}} {{product}}",
    }


def _laid_out(rows: Sequence[Row]) -> Iterator[Json]:
    top = 0
    number = 0
    for row in rows:
        number += 1
        yield _heading(row.title, number, top)
        top += 1
        width = _WIDTH // row.across
        for place, panel in enumerate(row.panels):
            number += 1
            down, along = divmod(place, row.across)
            corner = {"x": along * width, "y": top + down * row.height}
            yield {"id": number, **panel, "gridPos": {**corner, "w": width, "h": row.height}}
        top += -(-len(row.panels) // row.across) * row.height


def _heading(title: str, number: int, top: int) -> Json:
    position = {"x": 0, "y": top, "w": _WIDTH, "h": 1}
    return {"id": number, "type": "row", "title": title, "collapsed": False} | {
        "gridPos": position,
        "panels": [],
    }
