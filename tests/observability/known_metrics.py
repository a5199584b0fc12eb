"""What metrics there are, and their labels: the mesh's, its processes', and recorded ones."""

from collections.abc import Mapping
from typing import Final

from tests.observability.observability_files import recordings
from tests.observability.promql import labels_of

from deltastream.runtime.telemetry import names

TARGET: Final = frozenset({"job", "instance", "role"})
"""What Prometheus adds to everything that it scrapes of us."""

_OTHERS: Final[Mapping[str, frozenset[str]]] = {
    "up": frozenset(),
    "ALERTS": frozenset({"alertname", "alertstate", "severity", "subject", "product"}),
    "process_cpu_seconds_total": frozenset(),
    "process_max_fds": frozenset(),
    "process_open_fds": frozenset(),
    "process_resident_memory_bytes": frozenset(),
    "process_start_time_seconds": frozenset(),
    "prometheus_rule_evaluation_failures_total": frozenset({"rule_group"}),
    "alertmanager_notifications_failed_total": frozenset({"integration", "reason"}),
}
"""Those that others make: Prometheus, Alertmanager and the client library."""


def known_metrics() -> dict[str, frozenset[str]]:
    """Return the labels of every metric, by the names under which Prometheus has it."""
    scraped = {**_of_the_mesh(), **_OTHERS}
    known = {name: labels | TARGET for name, labels in scraped.items()}
    for rule in recordings():
        known[rule.name] = labels_of(rule.expression, known)
    return known


def _of_the_mesh() -> dict[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = {}
    for metric in (each for each in vars(names).values() if isinstance(each, names.Metric)):
        labels = frozenset(metric.labels)
        if metric.kind is names.Kind.HISTOGRAM:
            known[f"{metric.name}_bucket"] = labels | {"le"}
            known[f"{metric.name}_sum"] = known[f"{metric.name}_count"] = labels
        else:
            known[metric.name] = labels
    return known
