"""Every metric and label that a rule or a dashboard names is one that exists."""

import re

import pytest
from tests.observability.known_metrics import known_metrics
from tests.observability.observability_files import (
    PanelQuery,
    Rule,
    alerts,
    dashboards,
    metric_queries,
    rules,
    without_variables,
)
from tests.observability.promql import UnknownNameError, labels_of

KNOWN = known_metrics()
QUERIES = metric_queries()
LEGEND_LABEL = re.compile(r"{{\s*(\w+)\s*}}")
ANNOTATION_LABEL = re.compile(r"\$labels\.(\w+)")
EXAMPLE = {"calls": frozenset({"code", "role"}), "seconds_bucket": frozenset({"le", "role"})}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_names_what_exists(rule: Rule) -> None:
    labels_of(rule.expression, KNOWN)


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule.name)
def test_an_alerts_texts_name_labels_that_it_has(rule: Rule) -> None:
    named = set(ANNOTATION_LABEL.findall(" ".join(rule.annotations.values())))
    assert named <= labels_of(rule.expression, KNOWN)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_panel_names_what_exists_and_calls_it_by_labels_that_it_has(query: PanelQuery) -> None:
    labels = labels_of(without_variables(query.expression), KNOWN)
    assert set(LEGEND_LABEL.findall(query.legend)) <= labels


def test_the_alerts_that_dashboards_show_exist() -> None:
    for dashboard in dashboards().values():
        for annotation in dashboard["annotations"]["list"]:
            labels_of(annotation["target"]["expr"], KNOWN)


def test_a_products_choice_is_of_a_metric_that_has_it() -> None:
    for dashboard in dashboards().values():
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                asked = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
                assert asked is not None
                assert asked[2] in KNOWN[asked[1]]


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("sum by (role) (rate(calls[5m]))", {"role"}),
        ("sum(calls)", set()),
        ("sum without (code) (calls)", {"role"}),
        ("topk(3, calls)", {"code", "role"}),
        ("histogram_quantile(0.9, sum by (role, le) (rate(seconds_bucket[5m])))", {"role"}),
        ('calls > 1 or absent(calls{role="edge"})', {"code", "role"}),
        ('absent(calls{role="edge"})', {"role"}),
        ("calls and on (role) seconds_bucket > 0", {"code", "role"}),
        ("100 * calls", {"code", "role"}),
    ],
)
def test_the_labels_of_a_result_are_found(expression: str, labels: set[str]) -> None:
    assert labels_of(expression, EXAMPLE) == labels


@pytest.mark.parametrize(
    "expression",
    [
        "no_such_metric",
        'calls{product="NIFTY"}',
        "sum by (product) (calls)",
        "histogram_quantile(0.9, sum by (role) (rate(seconds_bucket[5m])))",
        "calls and on (le) seconds_bucket",
        "sum by (code) (sum by (role) (calls))",
        "count({role='edge'})",
    ],
)
def test_what_does_not_exist_is_found(expression: str) -> None:
    with pytest.raises(UnknownNameError):
        labels_of(expression, EXAMPLE)
