"""Reads what observes the mesh: Prometheus' configuration and rules, and Grafana's dashboards."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "observability"
PROMETHEUS: Final = FOLDER / "prometheus"
ALERTMANAGER: Final = FOLDER / "alertmanager"
DASHBOARDS: Final = FOLDER / "grafana" / "dashboards"
DOCUMENTS: Final = ROOT / "docs"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of Prometheus.

    Attributes:
        name: the alert's, or that of the metric that is recorded.
        expression: in PromQL.
        alerts: whether it alerts; else it records.
        labels: added to what the expression says.
        annotations: an alert's texts.
    """

    name: str
    expression: str
    alerts: bool
    labels: dict[str, str]
    annotations: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelQuery:
    """One query of a panel.

    Attributes:
        dashboard: the file's name, without its ending.
        row: the heading it stands under.
        panel: its title.
        expression: in PromQL, with Grafana's variables.
        legend: what a series is called.
    """

    dashboard: str
    row: str
    panel: str
    expression: str
    legend: str

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.row}: {self.panel}"


def read_yaml(path: Path) -> Document:
    document: Document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def rules() -> list[Rule]:
    """Return all rules, of both files."""
    return [_rule(each) for path in _rule_files() for each in _rules_in(path)]


def alerts() -> list[Rule]:
    """Return the rules that alert."""
    return [rule for rule in rules() if rule.alerts]


def recordings() -> list[Rule]:
    """Return the rules that record."""
    return [rule for rule in rules() if not rule.alerts]


def dashboards() -> dict[str, Document]:
    """Return the dashboards by their names."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))}


def panels(dashboard: Document) -> list[Document]:
    """Return what a dashboard shows, without the headings of its rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def metric_queries() -> list[PanelQuery]:
    """Return what all dashboards ask Prometheus."""
    return [query for name, each in dashboards().items() for query in _queries(name, each)]


def without_variables(expression: str) -> str:
    """Put values in the places of Grafana's variables."""
    return expression.replace("$__rate_interval", "10s").replace("$product", ".+")


def _queries(name: str, dashboard: Document) -> Iterator[PanelQuery]:
    row = ""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        for target in panel.get("targets", []):
            if target["datasource"]["type"] == "prometheus":
                yield PanelQuery(
                    dashboard=name,
                    row=row,
                    panel=panel["title"],
                    expression=target["expr"],
                    legend=target["legendFormat"],
                )


def _rule_files() -> list[Path]:
    return sorted((PROMETHEUS / "rules").glob("*.yml"))


def _rules_in(path: Path) -> Iterator[Document]:
    for group in read_yaml(path)["groups"]:
        yield from group["rules"]


def _rule(document: Document) -> Rule:
    return Rule(
        name=document.get("alert") or document["record"],
        expression=document["expr"],
        alerts="alert" in document,
        labels=document.get("labels", {}),
        annotations=document.get("annotations", {}),
    )
