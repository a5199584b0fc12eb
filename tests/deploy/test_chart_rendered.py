"""What the chart renders: hardened pods, and a network that lets the mesh's calls through."""

import shutil
import subprocess
from typing import Any

import pytest
import yaml
from tests.deploy.deployment_files import (
    CHART,
    DATA_DIRECTORY,
    Document,
    ending,
    expected_addresses,
    expected_listeners,
    known_variables,
)

from deltastream.runtime.roles import ROLES, Resource, Role

HELM = shutil.which("helm")
MINIMAL = CHART / "examples" / "minimal" / "values.yaml"
REDIS_PORT = 6379
DNS_PORT = 53

pytestmark = pytest.mark.skipif(HELM is None, reason="helm is not on PATH")
each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def _helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a fixed command of ours
        [HELM or "helm", *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def _template(*settings: str) -> subprocess.CompletedProcess[str]:
    sets = [word for setting in settings for word in ("--set", setting)]
    values = ["--values", str(MINIMAL), "--kube-version", "1.30.0"]
    return _helm("template", "deltastream", str(CHART), *values, *sets)


class Rendered:
    """The objects that a rendering holds, by kind and role."""

    def __init__(self, *settings: str) -> None:
        answer = _template(*settings)
        assert answer.returncode == 0, answer.stderr
        self.objects: list[Document] = [item for item in yaml.safe_load_all(answer.stdout) if item]

    def one(self, kind: str, role: Role) -> Document:
        name = f"deltastream-{role.name}"
        (found,) = (
            item
            for item in self.objects
            if item["kind"] == kind and item["metadata"]["name"] == name
        )
        return found

    def pod(self, role: Role) -> Document:
        pod: Document = self.one("Deployment", role)["spec"]["template"]
        return pod

    def container(self, role: Role) -> Document:
        (container,) = self.pod(role)["spec"]["containers"]
        found: Document = container
        return found

    def environment(self, role: Role) -> dict[str, Any]:
        entries = self.container(role)["env"]
        environment = {
            entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries
        }
        assert len(environment) == len(entries), "a variable is given twice"
        return environment


@pytest.fixture(scope="module")
def rendered() -> Rendered:
    return Rendered()


def test_helm_lint_finds_nothing() -> None:
    answer = _helm(
        "lint", "--strict", str(CHART), "--values", str(MINIMAL), "--kube-version", "1.30.0"
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


@each_role
def test_a_pod_is_told_where_to_listen_and_whom_to_call(rendered: Rendered, role: Role) -> None:
    environment = rendered.environment(role)
    assert rendered.container(role)["args"] == [role.name]
    assert ending(environment, "_LISTEN") == expected_listeners(role)
    assert ending(environment, "_ADDRESS") == expected_addresses(
        role, "dns:///deltastream-{name}:{port}"
    )
    assert set(ending(environment, "_URL")) == {item.url_variable for item in role.resources}
    assert set(environment) <= known_variables(role)


@each_role
def test_every_pod_is_hardened(rendered: Rendered, role: Role) -> None:
    spec = rendered.pod(role)["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == f"deltastream-{role.name}"
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(spec)
    container = rendered.container(role)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in container["resources"]["limits"]
    assert not container["image"].endswith((":", ":latest"))


@each_role
def test_kubernetes_adds_no_variables_of_its_own(rendered: Rendered, role: Role) -> None:
    assert rendered.pod(role)["spec"]["enableServiceLinks"] is False


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role.service], ids=lambda role: role.name
)
def test_liveness_does_not_ask_about_dependencies(rendered: Rendered, role: Role) -> None:
    container = rendered.container(role)
    alive, ready = {"port": role.grpc_port}, {"port": role.grpc_port, "service": role.service}
    assert container["livenessProbe"]["grpc"] == alive
    assert container["startupProbe"]["grpc"] == alive
    assert container["readinessProbe"]["grpc"] == ready


@each_role
def test_a_pod_has_time_to_drain(rendered: Rendered, role: Role) -> None:
    drain = float(rendered.environment(role)["DELTASTREAM_DRAIN_SECONDS"])
    hook = rendered.container(role)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert rendered.pod(role)["spec"]["terminationGracePeriodSeconds"] > drain + hook


@each_role
def test_a_grpc_service_is_headless_and_the_edge_has_one_address(
    rendered: Rendered, role: Role
) -> None:
    spec = rendered.one("Service", role)["spec"]
    assert (spec.get("clusterIP") == "None") == (role.grpc_port is not None)
    assert [port["port"] for port in spec["ports"]] == list(role.ports)
    assert spec["selector"].items() <= rendered.pod(role)["metadata"]["labels"].items()


@each_role
def test_the_writable_places_are_tmp_and_the_volume(rendered: Rendered, role: Role) -> None:
    mounts = {mount["mountPath"] for mount in rendered.container(role)["volumeMounts"]}
    kept = {Resource.STORE, Resource.USERS} & set(role.resources)
    assert mounts == ({"/tmp", DATA_DIRECTORY} if kept else {"/tmp"})  # noqa: S108 - compared


def _components(peers: list[Document]) -> set[str]:
    return {peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for peer in peers}


def _ports(rule: Document) -> set[int]:
    return {port["port"] for port in rule["ports"]}


@each_role
def test_a_policy_lets_in_the_callers_and_no_others(rendered: Rendered, role: Role) -> None:
    spec = rendered.one("NetworkPolicy", role)["spec"]
    callers = {other.name for other in ROLES if role.name in other.calls}
    rules = spec.get("ingress", [])
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert spec["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == role.name
    if role.http_port is not None:
        assert [_ports(rule) for rule in rules if "from" not in rule] == [set(role.ports)]
        rules = [rule for rule in rules if "from" in rule]
    assert all(_ports(rule) == {role.grpc_port} for rule in rules)
    assert set().union(*(_components(rule["from"]) for rule in rules)) == callers


@each_role
def test_a_policy_lets_out_the_calls_and_no_others(rendered: Rendered, role: Role) -> None:
    rules = rendered.one("NetworkPolicy", role)["spec"]["egress"]
    calls = {
        (name, port)
        for rule in rules
        if "to" in rule
        for name in _components(rule["to"])
        for port in _ports(rule)
    }
    assert calls == {(other.name, other.grpc_port) for other in ROLES if other.name in role.calls}
    anywhere = set().union(*(_ports(rule) for rule in rules if "to" not in rule))
    redis = {Resource.BUS, Resource.CACHE} & set(role.resources)
    assert anywhere == ({DNS_PORT, REDIS_PORT} if redis else {DNS_PORT})


def test_a_url_can_come_from_a_secret_of_the_installation() -> None:
    secret = Rendered("bus.url=", "bus.existingSecret.name=mine")
    expected = {"secretKeyRef": {"name": "mine", "key": "url"}}
    for role in ROLES:
        for resource in {Resource.BUS, Resource.CACHE} & set(role.resources):
            assert secret.environment(role)[resource.url_variable] == expected


def test_a_signing_key_can_come_from_a_secret_of_the_installation() -> None:
    name = "services.auth.secretFiles.DELTASTREAM_SIGNING_KEY_FILE.name=keys"
    secret, auth = Rendered(name), ROLES[0]
    path = secret.environment(auth)["DELTASTREAM_SIGNING_KEY_FILE"]
    (mount,) = (
        mount
        for mount in secret.container(auth)["volumeMounts"]
        if path == f"{mount['mountPath']}/signing-key.pem"
    )
    volumes = {volume["name"]: volume for volume in secret.pod(auth)["spec"]["volumes"]}
    assert volumes[mount["name"]]["secret"]["secretName"] == "keys"


def test_there_is_no_route_unless_it_is_asked_for(rendered: Rendered) -> None:
    assert all(item["kind"] != "GRPCRoute" for item in rendered.objects)


def test_a_route_leads_every_method_to_the_public_port_of_the_edge() -> None:
    routed = Rendered(
        "grpcRoute.enabled=true",
        "grpcRoute.parentRefs[0].name=public",
        "grpcRoute.hostnames={mesh.example.com}",
    )
    (edge,) = (role for role in ROLES if role.public_grpc_port is not None)
    spec = routed.one("GRPCRoute", edge)["spec"]
    assert spec["parentRefs"] == [{"name": "public"}]
    assert spec["hostnames"] == ["mesh.example.com"]
    backend = {"name": f"deltastream-{edge.name}", "port": edge.public_grpc_port}
    assert spec["rules"] == [{"backendRefs": [backend]}]
    ports = {port["port"]: port for port in routed.one("Service", edge)["spec"]["ports"]}
    assert ports[edge.public_grpc_port]["appProtocol"] == "grpc"


def test_a_cache_of_its_own_has_its_own_port() -> None:
    own = Rendered("cache.url=redis://cache:6380/0", "cache.ports={6380}")
    storage = next(role for role in ROLES if Resource.CACHE in role.resources)
    rules = own.one("NetworkPolicy", storage)["spec"]["egress"]
    assert own.environment(storage)["DELTASTREAM_CACHE_URL"] == "redis://cache:6380/0"
    assert {6380} in [_ports(rule) for rule in rules]
    assert {REDIS_PORT} not in [_ports(rule) for rule in rules]


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("image.repository=", "image.repository: say where your build of the image is"),
        ("bus.url=", "bus: set bus.url, or bus.existingSecret.name"),
        ("bus.existingSecret.name=mine", "bus.url or bus.existingSecret.name, not both"),
        ("services.feed.calls={nobody}", "services.feed.calls: there is no service nobody"),
        ("services.feed.calls={edge}", "services.feed.calls: edge serves no gRPC"),
        ("services.storage.replicas=2", "maximum: got 2, want 1"),
        ("services.auth.singleton=false", "/services/auth"),
        ("services.feed.colour=red", "additional properties 'colour' not allowed"),
        ("grpcRoute.enabled=true", "/grpcRoute/parentRefs"),
        ("colour=red", "additional properties 'colour' not allowed"),
        ("settings.DELTASTREAM_BUS_URL=redis://x", "invalid propertyName 'DELTASTREAM_BUS_URL'"),
        ("settings.DELTASTREAM_TLS_KEY=/k", "invalid propertyName 'DELTASTREAM_TLS_KEY'"),
        ("tls.secret=mesh", "additional properties 'secret' not allowed"),
        ("podSecurityContext.runAsNonRoot=false", "/podSecurityContext/runAsNonRoot"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(setting: str, problem: str) -> None:
    answer = _template(setting)
    assert answer.returncode != 0
    assert problem in answer.stderr


def test_a_parent_chart_may_speak_to_it() -> None:
    assert _template("global.region=west", "enabled=true").returncode == 0


@each_role
def test_services_know_one_another_by_a_secret_of_yours(rendered: Rendered, role: Role) -> None:
    environment = rendered.environment(role)
    secret = {"secretKeyRef": {"name": "deltastream-service", "key": "secret"}}
    assert environment["DELTASTREAM_SERVICE_SECRET"] == secret
    assert environment["DELTASTREAM_ALLOW_ANONYMOUS"] == "false"


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("serviceSecret.name=", "serviceSecret.name"),
        ("settings.DELTASTREAM_SERVICE_SECRET=text", "DELTASTREAM_SERVICE_SECRET"),
    ],
)
def test_the_secret_is_neither_forgotten_nor_written_down(setting: str, problem: str) -> None:
    answer = _template(setting)
    assert answer.returncode != 0
    assert problem in answer.stderr
