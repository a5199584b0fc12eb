"""Ways from a panel to what lies behind it: logs and traces of the same role and time."""

import json
from typing import Any, Final
from urllib.parse import quote

from tools.dashboards.queries import Json

DOCUMENTATION: Final = "https://github.com/deltastream/deltastream/blob/main/docs"

# Grafana replaces what it finds of these; escaped, it would find nothing.
_VARIABLES: Final = ("${logs}", "${traces}", "${__from}", "${__to}", "${__field.labels.role}")


def to_logs(role: str = "${__field.labels.role}") -> Json:
    """Return the way to what a role has logged."""
    return _explore("Logs", "${logs}", {"refId": "A", "expr": f'{{service="{role}"}}'})


def to_traces(role: str = "${__field.labels.role}") -> Json:
    """Return the way to what a role has taken part in."""
    query = {
        "refId": "A",
        "queryType": "traceql",
        "query": f'{{resource.service.name="{role}"}}',
        "limit": 20,
    }
    return _explore("Traces", "${traces}", query)


def behind(role: str = "${__field.labels.role}") -> list[Json]:
    """Return both."""
    return [to_logs(role), to_traces(role)]


def _explore(title: str, source: str, query: dict[str, Any]) -> Json:
    pane = {
        "datasource": source,
        "queries": [query],
        "range": {"from": "${__from}", "to": "${__to}"},
    }
    panes = quote(json.dumps({"a": pane}, separators=(",", ":")))
    for variable in _VARIABLES:
        panes = panes.replace(quote(variable), variable)
    return {"title": title, "url": f"/explore?schemaVersion=1&panes={panes}", "targetBlank": True}


def between_dashboards() -> list[Json]:
    """Return what stands at the top of each dashboard: the others, all logs, and the documents."""
    return [
        {
            "type": "dashboards",
            "title": "DeltaStream",
            "tags": ["deltastream"],
            "asDropdown": True,
            "includeVars": False,
            "keepTime": True,
            "targetBlank": False,
            "icon": "external link",
            "tooltip": "",
            "url": "",
        },
        _link("What to do", f"{DOCUMENTATION}/troubleshooting.md", "Symptoms and their cures"),
        _link("Metrics", f"{DOCUMENTATION}/metrics.md", "What each metric says"),
    ]


def _link(title: str, url: str, tooltip: str) -> Json:
    return {
        "type": "link",
        "title": title,
        "url": url,
        "tooltip": tooltip,
        "icon": "doc",
        "tags": [],
        "asDropdown": False,
        "includeVars": False,
        "keepTime": False,
        "targetBlank": True,
    }
