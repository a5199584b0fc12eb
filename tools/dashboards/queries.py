"""What a panel asks, and how what comes back is called."""

from dataclasses import dataclass
from typing import Any, Final

METRICS: Final = {"type": "prometheus", "uid": "${metrics}"}
LOGS: Final = {"type": "loki", "uid": "${logs}"}

Json = dict[str, Any]
"""A part of a dashboard, as Grafana reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One expression of PromQL.

    Attributes:
        expression: may contain Grafana's variables.
        legend: what a series is called; labels stand in double braces.
        now: whether only the newest value is wanted, and not how it came about.
        table: whether each series becomes a row.
    """

    expression: str
    legend: str = ""
    now: bool = False
    table: bool = False


def targets(queries: tuple[Query, ...]) -> list[Json]:
    """Return queries, named A, B, C and so on."""
    return [_target(chr(ord("A") + place), query) for place, query in enumerate(queries)]


def _target(reference: str, query: Query) -> Json:
    return {
        "refId": reference,
        "datasource": METRICS,
        "editorMode": "code",
        "expr": query.expression,
        "legendFormat": query.legend or "__auto",
        "instant": query.now,
        "range": not query.now,
        "format": "table" if query.table else "time_series",
    }


def rate(metric: str, *by: str, labels: str = "") -> str:
    """Return how often something happens a second, for each value of some labels."""
    selector = f"{metric}{{{labels}}}" if labels else metric
    grouping = f" by ({', '.join(by)}) " if by else ""
    return f"sum{grouping}(rate({selector}[$__rate_interval]))"


def quantile(share: float, metric: str, *by: str, labels: str = "") -> str:
    """Return what a share of a histogram's observations does not exceed."""
    buckets = rate(f"{metric}_bucket", *by, "le", labels=labels)
    return f"histogram_quantile({share}, {buckets})"
