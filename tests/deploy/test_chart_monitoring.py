"""The admin ports: where metrics are read, and nowhere that the public gets to."""

import re

import pytest
from tests.deploy.chart_rendering import Rendered, each_role, needs_helm, refusal, rendered
from tests.deploy.deployment_files import CHART, chart_values, read_yaml

from deltastream.runtime.roles import ROLES, Role
from deltastream.runtime.telemetry import names

pytestmark = needs_helm
OPEN = "networkPolicy.enabled=false"
PODS = "monitoring.podMonitor.enabled=true"
SERVICES = "monitoring.serviceMonitor.enabled=true"
LABEL = "monitoring.labels.release=prometheus"


@pytest.fixture(scope="module")
def by_pods() -> Rendered:
    return rendered(OPEN, PODS, LABEL)


@pytest.fixture(scope="module")
def by_services() -> Rendered:
    return rendered(OPEN, SERVICES, LABEL)


@each_role
def test_a_role_has_a_port_for_metrics(by_pods: Rendered, role: Role) -> None:
    ports = {port["name"]: port["containerPort"] for port in by_pods.container(role)["ports"]}
    assert ports["admin"] == role.admin_port


@each_role
def test_that_port_is_in_no_service_that_others_use(by_pods: Rendered, role: Role) -> None:
    targets = {port["targetPort"] for port in by_pods.one("Service", role)["spec"]["ports"]}
    assert "admin" not in targets
    assert targets <= set(chart_values()["services"][role.name]["ports"])


def test_nobody_monitors_unless_asked_to() -> None:
    kinds = {item["kind"] for item in rendered().objects}
    assert not {"PodMonitor", "ServiceMonitor"} & kinds


def test_one_monitor_finds_the_pods_of_every_role(by_pods: Rendered) -> None:
    monitor = by_pods.named("PodMonitor", "deltastream-mesh")
    selected = monitor["spec"]["selector"]["matchLabels"].items()
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    for role in ROLES:
        assert selected <= by_pods.pod(role)["metadata"]["labels"].items()
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("admin", "/metrics")
    # The dashboards and the alerts know the mesh and its roles by them.
    role_label, job = endpoint["relabelings"]
    assert role_label["targetLabel"] == "role"
    assert role_label["sourceLabels"] == ["__meta_kubernetes_pod_label_app_kubernetes_io_component"]
    assert job == {"targetLabel": "job", "replacement": "deltastream"}


def test_or_one_monitor_finds_them_by_a_service_of_its_own(by_services: Rendered) -> None:
    monitor = by_services.named("ServiceMonitor", "deltastream-mesh")
    service = by_services.named("Service", "deltastream-admin")
    selected = monitor["spec"]["selector"]["matchLabels"].items()
    services = [
        item
        for item in by_services.of_kind("Service")
        if selected <= item["metadata"]["labels"].items()
    ]
    assert services == [service]
    (endpoint,) = monitor["spec"]["endpoints"]
    (port,) = service["spec"]["ports"]
    assert endpoint["port"] == port["name"]
    # By its name: the number differs from role to role.
    assert port["targetPort"] == "admin"
    assert service["spec"]["clusterIP"] == "None"
    for role in ROLES:
        labels = by_services.pod(role)["metadata"]["labels"]
        assert service["spec"]["selector"].items() <= labels.items()


def test_rules_come_along_as_they_are_where_they_are_wanted() -> None:
    assert not rendered().of_kind("PrometheusRule")
    ruled = rendered("monitoring.rules.enabled=true", LABEL)
    for file in (CHART / "files" / "rules").iterdir():
        # An object each: names of groups may be alike in two files.
        rules = ruled.named("PrometheusRule", f"deltastream-{file.stem}")
        assert rules["metadata"]["labels"]["release"] == "prometheus"
        assert rules["spec"]["groups"] == read_yaml(file)["groups"]


def test_both_would_count_twice() -> None:
    assert "/monitoring" in refusal(OPEN, PODS, SERVICES)


def test_autoscaling_looks_at_metrics_that_exist() -> None:
    values = (CHART / "values.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"deltastream_\w+", values))
    known = {each.name for each in vars(names).values() if isinstance(each, names.Metric)}
    assert asked
    assert asked <= known
