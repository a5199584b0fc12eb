"""The network of an installation: every call of the mesh comes about, and no other."""

from collections.abc import Iterator

import pytest
from tests.deploy.chart_rendering import (
    EXAMPLES,
    NAMESPACE,
    Rendered,
    each_role,
    needs_helm,
    refusal,
    rendered,
)
from tests.deploy.network_policies import Endpoint, Policies

from deltastream.runtime.roles import ROLES, Resource, Role, role_named

pytestmark = needs_helm
each_example = pytest.mark.parametrize("example", EXAMPLES)
DNS, REDIS, MONGO, OTLP = 53, 6379, 27017, 4317
EDGE = role_named("edge")
STRANGER = Endpoint(name="stranger", namespace=NAMESPACE, labels={"app": "another"})
NEIGHBOUR = Endpoint(name="neighbour", namespace="another")
OUTSIDE = Endpoint(name="outside", namespace=None)
PROMETHEUS = Endpoint(name="prometheus", namespace="monitoring")
INGRESS = Endpoint(name="ingress", namespace="ingress-nginx")
SERVERS = {Resource.BUS: REDIS, Resource.CACHE: REDIS}
MONITORED = (
    "monitoring.from[0].namespaceSelector.matchLabels.kubernetes\\.io/metadata\\.name=monitoring"
)
GUARDED = (
    "networkPolicy.publicFrom[0].namespaceSelector.matchLabels."
    "kubernetes\\.io/metadata\\.name=ingress-nginx"
)


def policies(found: Rendered) -> Policies:
    return Policies(namespace=NAMESPACE, documents=found.of_kind("NetworkPolicy"))


def pod(found: Rendered, name: str) -> Endpoint:
    """A pod of the chart by the name of its role, or `test`."""
    labels = dict(found.pods())[f"deltastream-{name}"]["metadata"]["labels"]
    return Endpoint(name=name, namespace=NAMESPACE, labels=labels)


def every_port() -> set[int]:
    """Every port that anything of the mesh listens on, and one that nothing does."""
    admin = {role.admin_port for role in ROLES}
    return {port for role in ROLES for port in role.ports} | admin | {22}


def connections(found: Rendered, callers: list[Endpoint]) -> Iterator[tuple[str, str, int]]:
    """Every connection that comes about from some callers to some role."""
    network = policies(found)
    for caller in callers:
        for role in ROLES:
            for port in every_port():
                if caller.name != role.name and network.allow(caller, pod(found, role.name), port):
                    yield caller.name, role.name, port


def graph() -> set[tuple[str, str, int | None]]:
    return {
        (role.name, callee, role_named(callee).grpc_port) for role in ROLES for callee in role.calls
    }


@each_example
def test_roles_reach_whom_they_call_and_no_others(example: str) -> None:
    found = rendered(example=example)
    roles = [pod(found, role.name) for role in ROLES]
    public = {(role.name, EDGE.name, port) for role in ROLES for port in EDGE.ports}
    assert set(connections(found, roles)) - public == graph()


@each_example
def test_no_role_calls_the_edge(example: str) -> None:
    found = rendered(example=example)
    reached = {callee for _, callee, _ in connections(found, [pod(found, "analytics")])}
    assert EDGE.name not in reached


@pytest.mark.parametrize("caller", [STRANGER, NEIGHBOUR, OUTSIDE, PROMETHEUS])
def test_others_reach_the_public_ports_and_nothing_else(caller: Endpoint) -> None:
    reached = set(connections(rendered(), [caller]))
    assert reached == {(caller.name, EDGE.name, port) for port in EDGE.ports}


def test_where_something_stands_before_the_edge_only_that_reaches_it() -> None:
    found = rendered(GUARDED)
    assert not set(connections(found, [STRANGER, NEIGHBOUR, OUTSIDE, PROMETHEUS]))
    reached = set(connections(found, [INGRESS]))
    assert reached == {(INGRESS.name, EDGE.name, port) for port in EDGE.ports}


def test_who_reads_metrics_reaches_the_admin_port_of_every_role() -> None:
    found = rendered(MONITORED, GUARDED)
    reached = set(connections(found, [PROMETHEUS]))
    assert reached == {(PROMETHEUS.name, role.name, role.admin_port) for role in ROLES}
    assert not set(connections(found, [STRANGER, NEIGHBOUR, OUTSIDE]))


@pytest.mark.parametrize("guarded", [False, True])
def test_the_test_asks_the_edge_alone(guarded: bool) -> None:  # noqa: FBT001 - a parameter
    found = rendered(GUARDED) if guarded else rendered()
    tester = pod(found, "test")
    assert set(connections(found, [tester])) == {
        ("test", EDGE.name, EDGE.http_port),
        ("test", EDGE.name, EDGE.public_grpc_port),
    }
    assert policies(found).allow(tester, OUTSIDE, DNS, protocol="UDP")


def reached_outside(found: Rendered, role: Role) -> set[int]:
    """The ports at which a role reaches what is not of the mesh."""
    network, caller = policies(found), pod(found, role.name)
    every = every_port() | {DNS, REDIS, REDIS + 1, MONGO, OTLP, 443}
    return {port for port in every if network.allow(caller, OUTSIDE, port)}


@each_role
def test_a_role_reaches_dns_and_what_it_opens(role: Role) -> None:
    opened = {SERVERS[resource] for resource in role.resources if resource in SERVERS}
    assert reached_outside(rendered(), role) == {DNS, *opened}
    caller = pod(rendered(), role.name)
    assert policies(rendered()).allow(caller, OUTSIDE, DNS, protocol="UDP")
    assert not policies(rendered()).allow(caller, OUTSIDE, REDIS, protocol="UDP")


@each_role
def test_in_production_it_reaches_databases_and_the_collector_too(role: Role) -> None:
    servers = {**SERVERS, Resource.STORE: MONGO, Resource.USERS: MONGO}
    opened = {servers[resource] for resource in role.resources if resource in servers}
    counted = {REDIS} if role == EDGE else set()
    found = rendered(example="production")
    assert reached_outside(found, role) == {DNS, OTLP, *opened, *counted}


def test_a_cache_of_its_own_has_its_own_port() -> None:
    own = rendered("cache.url=redis://cache:6380/0", "cache.ports={6380}")
    storage = role_named("storage")
    assert own.environment(storage)["DELTASTREAM_CACHE_URL"] == "redis://cache:6380/0"
    assert reached_outside(own, storage) == {DNS, REDIS + 1}


def test_policies_can_be_left_to_others() -> None:
    assert not rendered("networkPolicy.enabled=false").of_kind("NetworkPolicy")


def test_a_monitor_that_the_network_keeps_out_is_refused() -> None:
    problem = "monitoring.from: say who may reach the admin ports"
    assert problem in refusal("monitoring.podMonitor.enabled=true")
    assert problem in refusal("monitoring.serviceMonitor.enabled=true")
    rendered("monitoring.podMonitor.enabled=true", "networkPolicy.enabled=false")
