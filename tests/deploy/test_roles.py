"""The table of roles is true of the contracts and of the settings."""

import importlib

import pytest
from tests.deploy.deployment_files import settings_of

from deltastream.runtime.roles import ROLES, Role, role_named

# The edge counts in its own memory without it, and health is asked at the first port.
OPTIONAL = {"limits_url", "health_listen", "logs_address", "admin_listen"}

each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def test_no_two_roles_share_a_name_or_a_port() -> None:
    names = [role.name for role in ROLES]
    ports = [port for role in ROLES for port in role.ports]
    assert len(set(names)) == len(names)
    assert len(set(ports)) == len(ports)


def test_a_role_is_found_by_its_name_and_nothing_by_another() -> None:
    assert role_named("storage").grpc_port == 8003
    with pytest.raises(KeyError, match="nobody"):
        role_named("nobody")


@each_role
def test_a_role_calls_only_roles_before_it_that_serve_grpc(role: Role) -> None:
    before = {other.name for other in ROLES[: ROLES.index(role)] if other.grpc_port is not None}
    assert set(role.calls) <= before


@each_role
def test_a_role_serves_the_service_of_its_contract(role: Role) -> None:
    if role.service is None:
        assert role.grpc_port is None
        return
    package, _, service = role.service.rpartition(".")
    contract = importlib.import_module(f"{package}.{role.name}_service_pb2")
    assert contract.DESCRIPTOR.package == package
    assert service in contract.DESCRIPTOR.services_by_name


@each_role
def test_settings_default_to_the_ports_of_the_table(role: Role) -> None:
    fields = settings_of(role).model_fields
    expected = {
        variable.removeprefix("DELTASTREAM_").lower(): f"127.0.0.1:{port}"
        for variable, port in role.listeners.items()
    }
    expected |= {
        f"{callee.name}_address": f"127.0.0.1:{callee.grpc_port}"
        for callee in ROLES
        if callee.name in role.needs
    }
    found = {
        name: field.default
        for name, field in fields.items()
        if name.endswith(("_listen", "_address"))
        and field.annotation is str
        and name not in OPTIONAL
    }
    assert found == expected


@each_role
def test_a_role_has_a_url_of_exactly_what_it_opens(role: Role) -> None:
    urls = {name for name in settings_of(role).model_fields if name.endswith("_url")}
    assert urls - OPTIONAL == {f"{resource}_url" for resource in role.resources}
