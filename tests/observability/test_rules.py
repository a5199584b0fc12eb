"""An alert says how bad it is, what is wrong and what to do, and has been seen to fire."""

import re
from functools import cache
from typing import Any

import pytest
from tests.observability.observability_files import (
    DOCUMENTS,
    PROMETHEUS,
    Document,
    Rule,
    alerts,
    read_yaml,
    recordings,
)

RUNBOOK = "https://github.com/deltastream/deltastream/blob/main/docs/troubleshooting.md#"
each_alert = pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)


def anchors(markdown: str) -> set[str]:
    """Return what the headings of a document can be linked by."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@cache
def _expected_samples() -> tuple[tuple[str, list[Any]], ...]:
    return tuple(
        (asked["expr"], asked["exp_samples"])
        for path in (PROMETHEUS / "tests").glob("*.yml")
        for case in read_yaml(path)["tests"]
        for asked in case.get("promql_expr_test", [])
    )


def _asked_of(alert: str, expression: str) -> bool:
    named = re.search(r'alertname(=~?)"([^"]+)"', expression)
    if named is None:
        return False
    return bool(re.fullmatch(named[2], alert)) if named[1] == "=~" else named[2] == alert


@each_alert
def test_an_alert_has_a_severity_that_routes_know(alert: Rule) -> None:
    assert alert.labels["severity"] in {"critical", "warning", "none"}


@each_alert
def test_an_alert_says_what_is_wrong(alert: Rule) -> None:
    assert alert.name.startswith("DeltaStream")
    assert alert.annotations["summary"]
    assert len(alert.annotations["description"]) > len("something is wrong")


@each_alert
def test_an_alerts_runbook_is_the_chapter_of_its_symptom(alert: Rule) -> None:
    assert alert.annotations["runbook_url"] == RUNBOOK + alert.labels["symptom"]
    written = (DOCUMENTS / "troubleshooting.md").read_text(encoding="utf-8")
    assert alert.labels["symptom"] in anchors(written)


@each_alert
def test_an_alert_is_seen_to_fire_by_a_unit_test(alert: Rule) -> None:
    fired = [
        label
        for expression, samples in _expected_samples()
        if _asked_of(alert.name, expression)
        for sample in samples
        for label in [sample["labels"]]
        if "alertname=" not in label or f'"{alert.name}"' in label
    ]
    assert fired


@each_alert
def test_an_alert_stands_in_the_table_of_alerts(alert: Rule) -> None:
    table = (DOCUMENTS / "observability.md").read_text(encoding="utf-8")
    row = next(line for line in table.splitlines() if line.startswith(f"| `{alert.name}`"))
    assert f"(troubleshooting.md#{alert.labels['symptom']})" in row
    assert alert.labels["severity"] in row


def test_the_table_has_no_other_alerts() -> None:
    table = (DOCUMENTS / "observability.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(DeltaStream\w+)`", table, re.MULTILINE))
    assert named == {alert.name for alert in alerts()}


def test_an_alerts_name_is_its_own() -> None:
    named = [alert.name for alert in alerts()]
    assert len(named) == len(set(named))


def test_what_is_recorded_is_used() -> None:
    written = "".join(
        path.read_text() for path in sorted((PROMETHEUS.parent).rglob("*")) if path.is_file()
    )
    for rule in recordings():
        assert written.count(rule.name) > 1, rule.name


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [("Role down", "role-down"), ("Too many requests (429)", "too-many-requests-429")],
)
def test_headings_are_linked_as_github_does(heading: str, anchor: str) -> None:
    assert anchors(f"# Title\n\n## {heading}\n") == {"title", anchor}


def test_only_what_is_asked_of_an_alert_counts_as_seen() -> None:
    document: Document = {"expr": 'count(ALERTS{alertname=~"DeltaStreamA.*"})'}
    assert _asked_of("DeltaStreamAbc", document["expr"])
    assert not _asked_of("DeltaStreamBcd", document["expr"])
