"""Certificates in the chart: mounted as folders, and the kubelet needs none."""

from typing import Any

import pytest
from tests.deploy.chart_rendering import (
    Rendered,
    each_grpc_role,
    each_role,
    needs_helm,
    rendered,
)
from tests.deploy.deployment_files import Document, known_variables

from deltastream.runtime.roles import Role, role_named

pytestmark = needs_helm
FILES = {"CERTIFICATE": "tls.crt", "KEY": "tls.key", "CA": "ca.crt"}
HEALTH_PORT = 8010
EDGE = role_named("edge")


@pytest.fixture(scope="module")
def mesh() -> Rendered:
    return rendered("tls.existingSecret.name=mesh-tls")


@pytest.fixture(scope="module")
def public() -> Rendered:
    return rendered("tls.public.existingSecret.name=public-tls")


@pytest.fixture(scope="module")
def plain() -> Rendered:
    return rendered()


def certificates(environment: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in environment.items() if "_TLS_" in name}


def mounted_at(found: Rendered, role: Role, folder: str) -> Document:
    """The volume that a container sees as a folder."""
    (mount,) = (
        mount for mount in found.container(role)["volumeMounts"] if mount["mountPath"] == folder
    )
    assert mount["readOnly"] is True
    # A file of a volume would never change under a running container.
    assert "subPath" not in mount
    volumes = {volume["name"]: volume for volume in found.pod(role)["spec"]["volumes"]}
    volume: Document = volumes[mount["name"]]
    return volume


def protocols(found: Rendered, role: Role) -> set[str]:
    return {port["appProtocol"] for port in found.one("Service", role)["spec"]["ports"]}


@each_role
def test_every_role_uses_the_certificates_of_the_mesh(mesh: Rendered, role: Role) -> None:
    environment = mesh.environment(role)
    assert certificates(environment) == {
        f"DELTASTREAM_TLS_{name}": f"/etc/deltastream/tls/{file}" for name, file in FILES.items()
    }
    assert set(environment) <= known_variables(role)
    assert mounted_at(mesh, role, "/etc/deltastream/tls")["secret"]["secretName"] == "mesh-tls"


@each_grpc_role
def test_the_kubelet_asks_at_a_port_that_wants_no_certificate(mesh: Rendered, role: Role) -> None:
    container = mesh.container(role)
    assert mesh.environment(role)["DELTASTREAM_HEALTH_LISTEN"] == f"0.0.0.0:{HEALTH_PORT}"
    for probe in ("startupProbe", "livenessProbe"):
        assert container[probe]["grpc"] == {"port": HEALTH_PORT}
    assert container["readinessProbe"]["grpc"] == {"port": HEALTH_PORT, "service": role.service}
    assert HEALTH_PORT in {port["containerPort"] for port in container["ports"]}


@each_grpc_role
def test_nobody_else_is_led_to_that_port(mesh: Rendered, role: Role) -> None:
    ports = mesh.one("Service", role)["spec"]["ports"]
    rules = mesh.one("NetworkPolicy", role)["spec"].get("ingress", [])
    assert {port["targetPort"] for port in ports} == {"grpc"}
    assert {port["port"] for port in ports} == {role.grpc_port}
    assert HEALTH_PORT not in {port["port"] for rule in rules for port in rule["ports"]}


def test_the_public_addresses_stay_as_they_are(mesh: Rendered) -> None:
    container = mesh.container(EDGE)
    assert container["readinessProbe"]["httpGet"] == {"port": "http", "path": "/health"}
    assert "DELTASTREAM_HEALTH_LISTEN" not in mesh.environment(EDGE)
    assert protocols(mesh, EDGE) == {"http", "grpc"}


def test_the_public_addresses_have_a_certificate_of_their_own(public: Rendered) -> None:
    assert certificates(public.environment(EDGE)) == {
        "DELTASTREAM_EDGE_TLS_CERTIFICATE": "/etc/deltastream/public-tls/tls.crt",
        "DELTASTREAM_EDGE_TLS_KEY": "/etc/deltastream/public-tls/tls.key",
    }
    assert set(public.environment(EDGE)) <= known_variables(EDGE)
    volume = mounted_at(public, EDGE, "/etc/deltastream/public-tls")
    assert volume["secret"]["secretName"] == "public-tls"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = public.container(EDGE)[probe]["httpGet"]
        assert asked == {"port": "http", "path": "/health", "scheme": "HTTPS"}
    assert protocols(public, EDGE) == {"https"}


@each_grpc_role
def test_that_one_is_for_nobody_else(public: Rendered, role: Role) -> None:
    assert certificates(public.environment(role)) == {}
    assert protocols(public, role) == {"grpc"}


@each_grpc_role
def test_nobody_takes_encrypted_connections_for_plain_ones(mesh: Rendered, role: Role) -> None:
    assert protocols(mesh, role) == {"https"}


@each_role
def test_without_secrets_there_is_nothing_of_it(plain: Rendered, role: Role) -> None:
    assert certificates(plain.environment(role)) == {}
    assert "DELTASTREAM_HEALTH_LISTEN" not in plain.environment(role)
    assert not [m for m in plain.container(role)["volumeMounts"] if "tls" in m["name"]]
