"""The table of metrics: named as Prometheus wants it, explained, bounded, and documented."""

import re
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from tools.metrics_page import PAGE, with_tables

from deltastream.runtime.roles import ROLES
from deltastream.runtime.telemetry.exposition import exposition
from deltastream.runtime.telemetry.instruments import Instruments
from deltastream.runtime.telemetry.names import LABELS, METRICS, Kind, Metric, metrics_of

# Prometheus's own advice: seconds, bytes, ratios and counts, nothing scaled.
SCALED: Final = re.compile(
    r"_(milliseconds|ms|microseconds|us|minutes|hours|kilobytes|mb|percent)(_|$)"
)
# What nobody may be told of on a port without a lock.
SECRETS: Final = {
    "client",
    "peer",
    "address",
    "ip",
    "user",
    "account",
    "email",
    "token",
    "key",
    "sid",
}

each = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)


@each
def test_a_name_says_whose_it_is_and_in_which_unit(metric: Metric) -> None:
    assert re.fullmatch(r"deltastream_[a-z][a-z_]*[a-z]", metric.name)
    assert not SCALED.search(metric.name)
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert not metric.name.endswith(("_count", "_sum", "_bucket", "_created"))


@each
def test_a_metric_says_in_a_sentence_what_it_means(metric: Metric) -> None:
    assert re.fullmatch(r"[A-Z1].{15,}\.", metric.help)
    assert "|" not in metric.help
    assert "\n" not in metric.help


@each
def test_labels_are_explained_and_tell_of_nobody(metric: Metric) -> None:
    assert len(set(metric.labels)) == len(metric.labels) <= 3
    assert set(metric.labels) <= LABELS.keys()
    assert not SECRETS & set(metric.labels)


@each
def test_a_histogram_and_nothing_else_has_buckets_in_order(metric: Metric) -> None:
    assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM)
    assert list(metric.buckets) == sorted(set(metric.buckets))


def test_no_name_is_given_twice_and_no_label_explained_for_nothing() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    assert {label for metric in METRICS for label in metric.labels} == LABELS.keys()


def test_only_roles_that_there_are_have_metrics() -> None:
    known = {role.name for role in ROLES}
    assert {role for metric in METRICS for role in metric.roles} <= known
    assert "deltastream_sign_ins_total" in {metric.name for metric in metrics_of("auth")}
    assert "deltastream_sign_ins_total" not in {metric.name for metric in metrics_of("edge")}


async def test_what_is_declared_is_scraped_before_anything_has_happened() -> None:
    instruments = Instruments(CollectorRegistry())
    instruments.declare(METRICS)
    text = (await exposition(instruments.registry)).decode()
    for metric in METRICS:
        assert f"# HELP {metric.name} {metric.help}\n" in text
        assert f"# TYPE {metric.name} {metric.kind}\n" in text
    assert len(list(text_string_to_metric_families(text))) == len(METRICS)


def test_the_page_about_metrics_is_what_the_code_declares() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_tables(text), "run: python -m tools.metrics_page"
