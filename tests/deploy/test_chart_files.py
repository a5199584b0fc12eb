"""What is committed of the chart follows from its values, and clusters old and new know it."""

import resource

import kubernetes_validate  # type: ignore[import-untyped] # has neither types nor stubs
import pytest
from tests.deploy.chart_rendering import (
    EXAMPLES,
    OLDEST_KUBERNETES,
    Rendered,
    needs_helm,
    notes,
    rendered,
    template,
)
from tests.deploy.deployment_files import CHART, read_yaml
from tools import chart_files

from deltastream.runtime.roles import ROLES

each_example = pytest.mark.parametrize("example", EXAMPLES)
WRITE_ANEW = "write it anew: tools/chart_files.py"
NEWEST_KUBERNETES = kubernetes_validate.latest_version()
OF_OTHERS = {"monitoring.coreos.com", "keda.sh", "gateway.networking.k8s.io"}
MOST_SECONDS = 2.0


def test_the_readme_says_what_the_values_say() -> None:
    readme = (CHART / "README.md").read_text(encoding="utf-8")
    values = (CHART / "values.yaml").read_text(encoding="utf-8")
    assert readme == chart_files.with_parts(readme, values), WRITE_ANEW


def test_the_readme_draws_the_graph_of_the_table() -> None:
    drawn = chart_files.graph(read_yaml(CHART / "values.yaml")).splitlines()
    calls = {f"  {role.name} --> {callee}" for role in ROLES for callee in role.calls}
    assert calls == {line for line in drawn if "-->" in line}


def test_the_rules_are_those_of_the_observability_stack() -> None:
    folder = CHART / "files" / "rules"
    copies = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert copies == chart_files.rules(), WRITE_ANEW
    assert copies


def test_there_is_no_example_but_those_that_are_tested() -> None:
    assert {path.name for path in (CHART / "examples").iterdir()} == set(EXAMPLES)


@needs_helm
@each_example
def test_an_example_is_rendered_as_it_is_committed(example: str) -> None:
    committed = CHART / "examples" / example / "rendered.yaml"
    assert rendered(example=example).text == committed.read_text(encoding="utf-8"), WRITE_ANEW


@each_example
@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, NEWEST_KUBERNETES])
def test_kubernetes_knows_every_field(example: str, version: str) -> None:
    committed = CHART / "examples" / example / "rendered.yaml"
    for item in Rendered(committed.read_text(encoding="utf-8")).objects:
        if item["apiVersion"].partition("/")[0] not in OF_OTHERS:
            kubernetes_validate.validate(item, version, strict=True)


def test_a_field_that_it_does_not_know_would_be_seen() -> None:
    item = {"apiVersion": "v1", "kind": "Service", "spec": {"sessionAfinity": "ClientIP"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(item, OLDEST_KUBERNETES, strict=True)


def test_the_oldest_kubernetes_is_the_one_that_is_promised() -> None:
    promised = read_yaml(CHART / "Chart.yaml")["kubeVersion"]
    assert promised == f">={OLDEST_KUBERNETES}-0"


@needs_helm
def test_it_renders_within_two_seconds() -> None:
    # Of processor time: others may be using the machine.
    before = _seconds_of_children()
    assert template(example="production").returncode == 0
    assert _seconds_of_children() - before < MOST_SECONDS


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@needs_helm
def test_it_says_what_to_do_next() -> None:
    said = notes()
    for step in ("wait deployment", "helm test", "users create-admin", "port-forward"):
        assert step in said
    assert "persistentvolumeclaim/deltastream-storage" in said
    assert "https://mesh.example.com" in notes(example="production")
    assert "storage" not in notes(example="production").partition("Kept when")[2]
